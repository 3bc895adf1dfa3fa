"""Failures of the database, in the order in which `archkit drill` lists them."""

from archkit.drills.scenario import Scenario
from archkit.drills.scenarios.database.disk_full import DatabaseDiskFull
from archkit.drills.scenarios.database.primary_cut_off import PrimaryCutOff
from archkit.drills.scenarios.database.primary_frozen import PrimaryFrozen
from archkit.drills.scenarios.database.primary_killed import PrimaryKilled
from archkit.drills.scenarios.database.primary_zone_killed import PrimaryZoneKilled
from archkit.drills.scenarios.database.rolling_update import DatabaseRollingUpdate
from archkit.drills.scenarios.database.standbys_cut import StandbysCutThenPrimaryKilled
from archkit.drills.scenarios.database.switchover import Switchover

SCENARIOS: tuple[type[Scenario], ...] = (
    PrimaryKilled,
    PrimaryFrozen,
    PrimaryCutOff,
    StandbysCutThenPrimaryKilled,
    Switchover,
    DatabaseRollingUpdate,
    DatabaseDiskFull,
    PrimaryZoneKilled,
)
