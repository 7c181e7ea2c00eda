"""Analyses as tables, documents and plain words."""
