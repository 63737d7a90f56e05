"""Supply chain."""
