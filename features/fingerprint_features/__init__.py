"""Ground floor: measures code. Knows nothing of models, labels or files."""
