"""Compare: the same requests judged by their own system, or under another standards file."""
