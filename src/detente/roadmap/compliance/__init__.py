"""Runs of a plan in which parties follow, renege or answer in kind."""
