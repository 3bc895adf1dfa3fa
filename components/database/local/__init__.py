"""PostgreSQL under Patroni in a swarm."""

from components.database.local.database import LocalDatabase

__all__ = ["LocalDatabase"]
