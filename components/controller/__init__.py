"""The kit's own service in a local stack: scales, and spreads replicas again after a zone came back."""
