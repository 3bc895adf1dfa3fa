"""Infrastructure-as-code architecture design kit."""
