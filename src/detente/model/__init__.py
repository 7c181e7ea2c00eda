"""The model: a dispute, its states and moves, and the files that hold it."""
