"""The run doctor: what a training's events and columns tell about it."""
