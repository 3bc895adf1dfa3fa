"""What a policy would do with a load, in seconds instead of hours."""
