"""Failures of the edge and its origins, in the order in which `archkit drill` lists them."""

from archkit.drills.scenario import Scenario

SCENARIOS: tuple[type[Scenario], ...] = ()
