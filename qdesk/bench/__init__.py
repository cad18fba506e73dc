"""Measure how fast this machine is and how good the results are. All figures in the documents come from here."""
