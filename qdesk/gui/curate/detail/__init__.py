"""The selected drawing, large, with its replay and all that is known of it."""
