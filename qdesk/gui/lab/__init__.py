"""The Lab page: train networks, watch them learn, and look at what they know."""
