"""Speeds up the failover of one database: gives up the lease of a leader that is dead, or that it made dead."""
