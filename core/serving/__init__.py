"""A run as a small HTTP service: predictions, what it knows, and how far what it is asked has moved from training."""
