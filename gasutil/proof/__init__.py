"""The provable history: a Merkle tree of all history rows, checkpoints and proofs."""
