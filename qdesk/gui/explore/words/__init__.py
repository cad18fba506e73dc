"""The parts of the Words tab."""
