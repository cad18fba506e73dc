"""Repeat the experiments of others on these drawings, one command per experiment, with their figures beside ours."""
