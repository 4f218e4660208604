"""Intake: files to one log of typed requests, every row of theirs with its fate."""
