"""The backup on pgBackRest."""

from components.backup.local.backup import LocalBackup

__all__ = ["LocalBackup"]
