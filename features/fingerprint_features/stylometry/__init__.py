"""Stylometry: how the text is laid out, spaced and named."""
