"""The commands, one module each; see :mod:`detente.cli`."""
