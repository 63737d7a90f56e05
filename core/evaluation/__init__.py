"""Held-out evaluation: metrics, intervals, baselines, comparison."""
