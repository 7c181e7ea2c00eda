"""What would have to differ: preferences turned round, dropped or moved, and offers."""
