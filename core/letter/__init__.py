"""Letters: what a bureau sends, on the grid of the standard, with its seal, its number and a way to check it."""
