"""Outputs of every kind: shards that appear whole or not at all, and one file made of them."""
