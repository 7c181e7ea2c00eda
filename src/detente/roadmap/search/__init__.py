"""Plans found: the best ones from the status quo to an outcome, or the proof that none holds."""
