"""Diversity: how varied the code of each family is, and whether it loses its tails."""
