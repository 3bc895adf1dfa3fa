"""Answers again what was answered before, fast; whatever it holds may be gone."""

from components.cache.contract import Cache, CacheArgs, Engine, Eviction

__all__ = ["Cache", "CacheArgs", "Engine", "Eviction"]
