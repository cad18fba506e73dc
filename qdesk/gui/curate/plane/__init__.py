"""The scatter plot of all drawings, with a lasso."""
