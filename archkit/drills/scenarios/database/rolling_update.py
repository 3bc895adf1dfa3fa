"""All members of the database are replaced, one after the other."""

from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import RollingRestart
from archkit.drills.observe import replaced
from archkit.drills.scenarios.database.cluster import (
    BACK_SECONDS,
    MEMBER,
    SWITCHOVER_GAP_SECONDS,
    OnDatabase,
    database,
    members,
    whole,
)


class DatabaseRollingUpdate(OnDatabase):
    """A new image, as a deployment brings it: each member streams again before the next one ends."""

    name = "database-rolling-update"
    title = "All members of the database are replaced one after the other under four writers, as a deployment does it"
    reason = "a primary that is told to end hands over first; a replica that ends interrupts nobody"
    setting = "members: `depends_on` the one before, health check `member-health`, `stop_grace_period`"

    def run(self, drill: Drill) -> None:
        orders = database(drill.deployed)
        before = members(drill.deployed, orders)
        count = len(before)
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(gap_seconds=SWITCHOVER_GAP_SECONDS)
        for one in before:
            with drill.fault(RollingRestart(host=drill.deployed.manager, service=one.service)):
                new = replaced(drill.deployed, orders, count, one.container, role=MEMBER)
                drill.expect(f"{one.name} is a new container", new, within=BACK_SECONDS)
            streams = whole(drill.deployed, orders, count)
            drill.expect(f"{one.name} is a full member again", streams, within=BACK_SECONDS)
        drill.hold(AFTER_SECONDS)
