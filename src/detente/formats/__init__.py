"""Who can settle a dispute together, who is left out, and who can spoil it."""
