"""How healthy a data set is: junk expected, copies, what is missing, the worst and the most typical, as JSON and a page."""
