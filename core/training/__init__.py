"""Training: settings, preprocessing, devices, losses and the loop."""
