"""One drawing in, numbers out: what the networks say of it. The game, curation and the benchmarks stand on it."""
