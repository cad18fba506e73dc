"""What people decided about drawings: the store, its CSV, and merging what others decided."""
