"""Turn each drawing into numbers: what the networks say of it. The game, curation and the benchmarks build on this."""
