"""Schema changes: once for each deployment, before the new version serves."""

from components.migration.contract import Migration, MigrationArgs

__all__ = ["Migration", "MigrationArgs"]
