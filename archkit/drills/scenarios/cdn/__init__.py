"""Failures of the edge and its origins, in the order in which `archkit drill` lists them."""

from archkit.drills.scenario import Scenario
from archkit.drills.scenarios.cdn.location_killed import EdgeLocationKilled
from archkit.drills.scenarios.cdn.origins_gone import OriginsGone

SCENARIOS: tuple[type[Scenario], ...] = (EdgeLocationKilled, OriginsGone)
