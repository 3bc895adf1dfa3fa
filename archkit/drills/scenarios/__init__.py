"""The failures that the kit tries, one file each; other packages add theirs by the entry point `archkit.scenarios`.

Those of stateless services and zones are here; a capability's own are in the folder of its name, which lists them.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from archkit.drills.deployed import Deployed
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import api, backup, cache, cdn, database
from archkit.drills.scenarios.bad_deploy import BadDeploy
from archkit.drills.scenarios.controller_gone import ControllerGone
from archkit.drills.scenarios.load_balancer_killed import LoadBalancerKilled
from archkit.drills.scenarios.replica_cut_off import ReplicaCutOff
from archkit.drills.scenarios.replica_frozen import ReplicaFrozen
from archkit.drills.scenarios.replica_killed import ReplicaKilled
from archkit.drills.scenarios.replica_stopped import ReplicaStopped
from archkit.drills.scenarios.rolling_update import RollingUpdate
from archkit.drills.scenarios.scheduler_gone import SchedulerGone
from archkit.drills.scenarios.zone_cut_off import ZoneCutOff
from archkit.drills.scenarios.zone_killed import LeaderZoneKilled, ZoneKilled
from archkit.errors import UserError

ENTRY_POINT = "archkit.scenarios"
_OWN: tuple[type[Scenario], ...] = (
    ReplicaKilled,
    ReplicaStopped,
    ReplicaFrozen,
    ReplicaCutOff,
    LoadBalancerKilled,
    RollingUpdate,
    BadDeploy,
    ControllerGone,
    ZoneKilled,
    LeaderZoneKilled,
    ZoneCutOff,
    SchedulerGone,
    *database.SCENARIOS,
    *cache.SCENARIOS,
    *backup.SCENARIOS,
    *api.SCENARIOS,
    *cdn.SCENARIOS,
)


def scenarios() -> dict[str, Scenario]:
    """Every scenario by its name, the kit's own first.

    Raises:
        UserError: A package's entry point leads nowhere, is no scenario, or takes a name that is there already.

    """
    found: dict[str, Scenario] = {one.name: one() for one in _OWN}
    for point in sorted(entry_points(group=ENTRY_POINT), key=lambda one: one.name):
        made = _loaded(point)
        if not isinstance(made, Scenario):
            message = (
                f"{ENTRY_POINT}/{point.name}: must be a class of archkit.drills.scenario.Scenario, got {point.value}"
            )
            raise UserError(message)
        if made.name in found:
            message = f"{ENTRY_POINT}/{point.name}: must have a name of its own, got {made.name!r}, which is taken"
            raise UserError(message)
        found[made.name] = made
    return found


def _loaded(point: EntryPoint) -> object:
    try:
        return point.load()()
    except (ImportError, AttributeError, TypeError) as error:
        message = f"{ENTRY_POINT}/{point.name}: must be found, got {error}; {point.value} is what its package says"
        raise UserError(message) from error


def fitting(deployed: Deployed) -> dict[str, Scenario]:
    """The scenarios that fit what is deployed."""
    return {name: one for name, one in scenarios().items() if one.needs(deployed) is None}
