"""The program in a repository host's container: pgBackRest, Python's standard library, and croniter."""
