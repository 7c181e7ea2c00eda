"""Files that hold disputes, read and written: YAML with its schema, .gmcr, whole-file writes."""
