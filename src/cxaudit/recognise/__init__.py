"""Recognise: which system an export comes from, what its columns mean and what each of its rows says."""
