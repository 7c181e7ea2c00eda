"""Staged plans: whether they hold, and which ones would."""
