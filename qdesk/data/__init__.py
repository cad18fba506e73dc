"""What a drawing is and what can be made of one without a network: batches, simplifying, pictures, point sequences."""
