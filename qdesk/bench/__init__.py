"""What this machine does and how good the results are: every figure in the documents is measured here."""
