"""The program in the controller's container: Python's standard library, and croniter."""
