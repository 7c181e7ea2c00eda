"""Runs over many draws: kept in a folder, in threads, or on a cluster."""
