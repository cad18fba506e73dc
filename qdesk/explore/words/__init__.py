"""A page for each word: its mean picture, examples, how it is drawn, what it is taken for, and all drawn at once."""
