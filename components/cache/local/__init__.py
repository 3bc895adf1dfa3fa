"""Valkey under Sentinel, or memcached, in a swarm."""

from components.cache.local.cache import LocalCache

__all__ = ["LocalCache"]
