"""The caching layer: cache-aside, one flight for each key, stale answers rather than none."""

from catalogue.caching.answer import Answer, Load, Loaded, Outcome, Policy
from catalogue.caching.entry import Entry, Key
from catalogue.caching.layer import CachingLayer
from catalogue.caching.store import CacheUnavailableError, Found, Store, ValkeyStore

__all__ = [
    "Answer",
    "CacheUnavailableError",
    "CachingLayer",
    "Entry",
    "Found",
    "Key",
    "Load",
    "Loaded",
    "Outcome",
    "Policy",
    "Store",
    "ValkeyStore",
]
