"""Figures with their intervals, and metrics of how good guesses are. Needs NumPy alone."""
