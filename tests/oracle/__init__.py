"""The definitions, transcribed literally by sets and loops; nothing here imports detente."""
