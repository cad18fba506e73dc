"""The networks and nothing else: the classifier, Sketch-RNN, the official Sketch-RNN weights, and weight files."""
