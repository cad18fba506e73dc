"""Rank more drawings than one machine holds: one plan of units of work, and three ways to have them done."""
