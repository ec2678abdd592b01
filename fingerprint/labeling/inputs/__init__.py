"""Inputs of every kind: what there is, in which columns, cut into pieces, read piece by piece."""
