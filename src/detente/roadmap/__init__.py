"""Staged plans: whether they hold, which ones would, and how they could be repaired."""
