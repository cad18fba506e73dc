"""The filters on the left."""
