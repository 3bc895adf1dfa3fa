"""Serves a design's files, read-only."""

from components.storage.contract import Storage, StorageArgs

__all__ = ["Storage", "StorageArgs"]
