"""Held-out evaluation: metrics, intervals, baselines, comparison. Knows no use case and no file."""
