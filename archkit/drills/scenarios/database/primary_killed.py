"""The primary is killed."""

from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Kill
from archkit.drills.scenarios.database.cluster import (
    BACK_SECONDS,
    SYNCHRONOUS_GAP_SECONDS,
    OnDatabase,
    database,
    leads_without,
    members,
    whole,
)


class PrimaryKilled(OnDatabase):
    """A replica takes over in seconds, no acknowledged write is lost, and the dead one comes back as a replica."""

    name = "primary-killed"
    title = "The primary of the database is killed (SIGKILL) under four writers"
    reason = (
        "the daemon tells the controller that the container has ended; it revokes the leader's lease, and a replica "
        "that has every acknowledged write takes over, instead of waiting 20 s for the lease to expire"
    )
    setting = "patroni: `synchronous_mode: quorum`, `ttl`; the controller of the database"

    def run(self, drill: Drill) -> None:
        orders = database(drill.deployed)
        victim = drill.primary(orders)
        count = len(members(drill.deployed, orders))
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(gap_seconds=SYNCHRONOUS_GAP_SECONDS)
        with drill.fault(Kill(host=victim.host, container=victim.container, label=victim.name)):
            drill.expect(f"a member of {orders} leads again", leads_without(drill.deployed, orders, victim), within=10)
        drill.expect(
            f"{count - 1} replicas of {orders} stream, the dead one among them",
            whole(drill.deployed, orders, count),
            within=BACK_SECONDS,
        )
        drill.hold(AFTER_SECONDS)
