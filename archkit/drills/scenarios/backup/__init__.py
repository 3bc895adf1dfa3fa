"""Failures of backups and the loss of a site, in the order in which `archkit drill` lists them."""

from archkit.drills.scenario import Scenario
from archkit.drills.scenarios.backup.restore_tested import RestoreTested
from archkit.drills.scenarios.backup.site_lost import SiteLost

SCENARIOS: tuple[type[Scenario], ...] = (RestoreTested, SiteLost)
