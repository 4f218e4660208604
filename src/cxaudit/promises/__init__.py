"""Promises: which one a request has, when it is due, and as others would count it."""
