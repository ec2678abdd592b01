"""Training mixes and data cards from corpora that `fingerprint label` has labelled."""
