"""The experiments of others on these drawings, done again: one command each, their figures beside ours."""
