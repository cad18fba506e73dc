"""The game without a window: a round, the words to draw, and the history of what was drawn."""
