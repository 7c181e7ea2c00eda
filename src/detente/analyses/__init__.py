"""The registry of analyses: each is declared once, and every face is made from its declaration."""
