"""Counting: the requests of a run, or of stored tallies, counted in as few steps as the answer needs."""
