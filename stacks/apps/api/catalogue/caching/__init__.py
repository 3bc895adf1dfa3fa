"""The caching layer: cache-aside, one flight for each key, stale answers rather than none."""

from catalogue.caching.entry import Entry, Key
from catalogue.caching.layer import Answer, CachingLayer, Outcome, Policy
from catalogue.caching.store import CacheUnavailableError, Found, Store, ValkeyStore

__all__ = [
    "Answer",
    "CacheUnavailableError",
    "CachingLayer",
    "Entry",
    "Found",
    "Key",
    "Outcome",
    "Policy",
    "Store",
    "ValkeyStore",
]
