"""What a mediator can do: the fewest promises by which a plan holds, and whom to ask first."""
