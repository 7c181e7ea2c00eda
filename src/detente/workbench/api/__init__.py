"""The HTTP API: the same operations as the pages, for programs."""
