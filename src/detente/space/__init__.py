"""States, moves and ranks: as whole cubes, or as lists of moves."""
