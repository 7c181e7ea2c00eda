"""What would have to differ: preferences reversed, dropped or moved, and offers."""
