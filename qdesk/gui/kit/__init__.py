"""What the pages share: small widgets, painted drawings, plots, and words for numbers."""
