"""Explain: the reasons for one verdict, and when a request would be due."""
