"""The solution concepts of detente, one module each; the registry reads them all."""
