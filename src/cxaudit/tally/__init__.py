"""Tally: verdicts to counts, counts to the lines of the table, counts in a file."""
