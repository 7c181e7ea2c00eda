"""The analyses of detente, one module each."""
