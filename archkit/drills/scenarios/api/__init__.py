"""Failures of the API design as a whole, in the order in which `archkit drill` lists them."""

from archkit.drills.scenario import Scenario

SCENARIOS: tuple[type[Scenario], ...] = ()
