"""Failures of the API design as a whole, in the order in which `archkit drill` lists them."""

from archkit.drills.scenario import Scenario
from archkit.drills.scenarios.api.cache_gone import ApiCacheGone
from archkit.drills.scenarios.api.cache_primary_killed import ApiCachePrimaryKilled
from archkit.drills.scenarios.api.primary_killed import ApiPrimaryKilled

SCENARIOS: tuple[type[Scenario], ...] = (ApiCachePrimaryKilled, ApiCacheGone, ApiPrimaryKilled)
