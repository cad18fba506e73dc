"""The window. Nothing outside this package knows Qt, and nothing below it knows the window."""
