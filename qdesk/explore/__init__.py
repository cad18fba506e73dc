"""What many drawings have in common: a map of them, what is known of each word, and search by picture."""
