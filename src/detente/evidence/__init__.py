"""What the judgements of a dispute rest on: passages of sources, and whether they are there."""
