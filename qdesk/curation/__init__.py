"""Deciding what is junk: the view of many drawings, verdicts on them, and what leaves as files."""
