"""Measurements of the running product: first page and many visitors."""
