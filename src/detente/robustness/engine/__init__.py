"""Many draws of preferences, analysed together."""
