"""The primary is cut off the network."""

from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Cut
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


class PrimaryCutOff(OnDatabase):
    """It is fenced before a replica takes over; back, it takes no write but follows."""

    name = "primary-cut-off"
    title = "The primary of the database is cut off the network under four writers, and connected again later"
    reason = (
        "the controller of its node gets no answer three times in 0.7 s, kills it and revokes its lease; a primary "
        "that nobody can reach gets no confirmation of a replica either, so that it acknowledges nothing meanwhile"
    )
    setting = "the controller of the database: three probes in 0.7 s; patroni: `synchronous_mode_strict`"

    def run(self, drill: Drill) -> None:
        orders = database(drill.deployed)
        victim = drill.primary(orders)
        count = len(members(drill.deployed, orders))
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(gap_seconds=FENCED_GAP_SECONDS)
        with drill.fault(Cut(host=victim.host, container=victim.container, label=victim.name)):
            drill.expect(f"another member of {orders} leads", leads_without(drill.deployed, orders, victim), within=15)
            drill.hold(HARMED_SECONDS)
        drill.expect(
            f"one member of {orders} leads and {count - 1} stream from it, the old primary among them",
            whole(drill.deployed, orders, count),
            within=BACK_SECONDS,
        )
        drill.hold(AFTER_SECONDS)
