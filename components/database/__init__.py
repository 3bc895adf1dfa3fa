"""Keeps what must not be lost: a replicated PostgreSQL."""

from components.database.contract import Database, DatabaseArgs, Durability

__all__ = ["Database", "DatabaseArgs", "Durability"]
