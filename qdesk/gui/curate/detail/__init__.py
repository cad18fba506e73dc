"""The selected drawing, large, with its replay and its story."""
