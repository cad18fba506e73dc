"""How healthy a data set is: junk expected, copies, what is missing, the worst drawings, as JSON and as a page."""
