"""What the networks draw: sketches, icons, and ink that grows until a network sees something in it."""
