"""What people decided about drawings: the store, its file, and taking over what others decided."""
