"""A planned change of the primary."""

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

_PATRONICTL = ("patronictl", "-c", "/etc/patroni/patroni.yml")


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
        inside(old, [*_PATRONICTL, "switchover", "--force", "--leader", part(drill.deployed, orders, old)])
        drill.expect(f"another member of {orders} leads", leads_without(drill.deployed, orders, old), within=15)
        drill.expect(
            f"{count - 1} replicas of {orders} stream, the old primary among them",
            whole(drill.deployed, orders, count),
            within=BACK_SECONDS,
        )
        drill.hold(AFTER_SECONDS)
