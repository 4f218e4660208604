"""Inspect: what a file is taken for and why, before it is judged."""
