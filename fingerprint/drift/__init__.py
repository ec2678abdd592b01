"""Drift: whether what comes in is still what a model was trained on, and how families converge."""
