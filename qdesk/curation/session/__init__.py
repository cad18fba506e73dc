"""A session of curating: its state, the commands that change it, and the one event that tells what has changed."""
