"""Supply chain: the industry's use cases."""
