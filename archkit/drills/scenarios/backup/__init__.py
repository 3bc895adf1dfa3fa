"""Failures of backups and the loss of a site, in the order in which `archkit drill` lists them."""

from archkit.drills.scenario import Scenario

SCENARIOS: tuple[type[Scenario], ...] = ()
