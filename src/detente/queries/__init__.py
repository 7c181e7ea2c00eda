"""Questions about states and play: a small language, and answers on whole arrays of states."""
