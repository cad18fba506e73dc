"""The networks: the classifier, its projection, Sketch-RNN, the official Sketch-RNN weights, and weight files."""
