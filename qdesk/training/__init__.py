"""Data pipelines, augmentation and loops: how the weights in `models/` came to be, and how to make others."""
