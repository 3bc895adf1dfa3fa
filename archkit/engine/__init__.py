"""The Pulumi engine: found on PATH or in the user's cache, or else installed or built there."""

from archkit.engine.ensure import ensure_engine
from archkit.engine.find import find_engine
from archkit.engine.model import MINIMUM_VERSION, Engine, Source

__all__ = ["MINIMUM_VERSION", "Engine", "Source", "ensure_engine", "find_engine"]
