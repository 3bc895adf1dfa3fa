"""PostgreSQL as the object of a load."""

from archkit.drills.load.postgres.workload import Connection, PostgresWrites

__all__ = ["Connection", "PostgresWrites"]
