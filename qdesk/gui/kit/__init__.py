"""What the pages share: small widgets, drawings painted, plots, words for numbers."""
