"""The Draw page: what the networks draw."""
