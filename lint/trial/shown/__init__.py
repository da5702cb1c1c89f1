"""A timeline in words and pictures."""
