"""The scatter of all drawings, with a lasso."""
