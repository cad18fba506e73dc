"""Figures with their intervals, and how good guesses are. Needs NumPy alone."""
