"""Positions on issues, and what ties one issue to another: compromise, exchanges, elections."""
