"""Which of many drawings are shown, and in which order. Needs no window."""
