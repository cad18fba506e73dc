"""Curate drawings: the view of many drawings, the verdicts on them, and the exports to files."""
