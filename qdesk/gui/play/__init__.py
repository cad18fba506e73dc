"""The Play page: draw for twenty seconds while the network guesses."""
