"""Play over time: what comes next, when, how likely, and how well it was foretold."""
