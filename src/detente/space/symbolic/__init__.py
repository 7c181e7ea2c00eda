"""Sets of states as binary decision diagrams."""
