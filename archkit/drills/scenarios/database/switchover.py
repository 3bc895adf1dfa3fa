"""A planned change of the primary."""

import time

from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.scenarios.database.cluster import (
    BACK_SECONDS,
    SWITCHOVER_GAP_SECONDS,
    OnDatabase,
    database,
    leads_without,
    members,
    part,
    whole,
)
from archkit.drills.timeline import FAULT
from archkit.drills.victims.databases import inside
from archkit.drills.victims.members import Member
from archkit.errors import UserError

_PATRONICTL = ("patronictl", "-c", "/etc/patroni/patroni.yml")

_ACCEPTED, _AGAIN_SECONDS, _PATIENCE_SECONDS = "Successfully switched over", 1.0, 20.0


class Switchover(OnDatabase):
    """Somebody else leads from now on, as before maintenance; the old primary follows it."""

    name = "switchover"
    title = "The primary of the database hands over to a replica, as planned, under four writers"
    reason = "the primary ends cleanly and gives up its lease itself, once a replica has all that it wrote"
    setting = "patroni: `patronictl switchover`; haproxy: `check inter 250ms`, `on-marked-down shutdown-sessions`"

    def run(self, drill: Drill) -> None:
        orders = database(drill.deployed)
        old = drill.primary(orders)
        count = len(members(drill.deployed, orders))
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(gap_seconds=SWITCHOVER_GAP_SECONDS)
        drill.timeline.mark(f"the drill asks {old.name} to hand over", kind=FAULT)
        _hand_over(old, part(drill.deployed, orders, old))
        drill.expect(f"another member of {orders} leads", leads_without(drill.deployed, orders, old), within=15)
        drill.expect(
            f"{count - 1} replicas of {orders} stream, the old primary among them",
            whole(drill.deployed, orders, count),
            within=BACK_SECONDS,
        )
        drill.hold(AFTER_SECONDS)


def _hand_over(old: Member, name: str) -> None:
    """Asks until Patroni agrees: right after a failover no replica is fit yet, which it says with exit code 0."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while _ACCEPTED not in (said := inside(old, [*_PATRONICTL, "switchover", "--force", "--leader", name])):
        if time.monotonic() > until:
            reason = next((line for line in said.splitlines() if "failed" in line), said[-200:])
            message = f"switchover: Patroni must accept it within {_PATIENCE_SECONDS:g} s, got {reason!r}"
            raise UserError(message)
        time.sleep(_AGAIN_SECONDS)
