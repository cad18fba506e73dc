"""How good a classifier is, on files of drawings: the figures, as JSON and as a page."""
