"""What of many drawings is shown, and in which order; no window is needed."""
