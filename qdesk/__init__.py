"""qdesk: play Quick, Draw! against a local CNN, and curate Quick, Draw! data by Sketch-RNN loss."""

__version__ = "0.2.0"
