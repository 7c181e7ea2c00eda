"""What a brief of one page rests on: what to expect, on what it hangs, what would change it."""
