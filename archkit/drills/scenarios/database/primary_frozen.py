"""The primary hangs: its connections stay open and nothing answers."""

from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Freeze
from archkit.drills.scenarios.database.cluster import (
    BACK_SECONDS,
    FENCED_GAP_SECONDS,
    OnDatabase,
    database,
    leads_without,
    members,
    whole,
)

HARMED_SECONDS = 8.0


class PrimaryFrozen(OnDatabase):
    """It is fenced before a replica takes over; back, it takes no write but follows."""

    name = "primary-frozen"
    title = "The primary of the database is frozen (paused) under four writers, and runs again later"
    reason = (
        "three probes in 0.7 s get no answer; the controller of its node kills it, so that it can acknowledge nothing "
        "any more, and only then revokes its lease"
    )
    setting = "the controller of the database: three probes in 0.7 s"

    def run(self, drill: Drill) -> None:
        orders = database(drill.deployed)
        victim = drill.primary(orders)
        count = len(members(drill.deployed, orders))
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(gap_seconds=FENCED_GAP_SECONDS)
        with drill.fault(Freeze(host=victim.host, container=victim.container, label=victim.name)):
            drill.expect(f"another member of {orders} leads", leads_without(drill.deployed, orders, victim), within=15)
            drill.hold(HARMED_SECONDS)
        drill.expect(
            f"one member of {orders} leads and {count - 1} stream from it, the old primary among them",
            whole(drill.deployed, orders, count),
            within=BACK_SECONDS,
        )
        drill.hold(AFTER_SECONDS)
