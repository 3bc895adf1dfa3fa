"""Keeps copies of what must not be lost, here and elsewhere."""

from components.backup.contract import Backup, BackupArgs, RecoveryPoint, Retention

__all__ = ["Backup", "BackupArgs", "RecoveryPoint", "Retention"]
