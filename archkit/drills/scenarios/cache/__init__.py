"""Failures of the cache, in the order in which `archkit drill` lists them."""

from archkit.drills.scenario import Scenario
from archkit.drills.scenarios.cache.frozen import CacheFrozen
from archkit.drills.scenarios.cache.gone import CacheGone
from archkit.drills.scenarios.cache.primary_killed import CachePrimaryKilled

SCENARIOS: tuple[type[Scenario], ...] = (CachePrimaryKilled, CacheFrozen, CacheGone)
