"""The Curate page: open a file, see the worst drawings first, decide with one key each, export the flags."""
