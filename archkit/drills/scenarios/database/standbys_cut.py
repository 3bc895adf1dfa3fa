"""Both standbys are cut off, then the primary is killed."""

from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Cut, Kill
from archkit.drills.scenarios.database.cluster import BACK_SECONDS, OnDatabase, database, members, whole

CUT_SECONDS = 2.0


class StandbysCutThenPrimaryKilled(OnDatabase):
    """The failure that shows what an acknowledgement is worth: only the primary could know what was written last."""

    name = "standbys-cut-then-primary-killed"
    title = "All standbys of the database are cut off for 2 s, then its primary is killed, under four writers"
    reason = (
        "with quorum commit a write that no standby has is not acknowledged: it waits. Asynchronously it is, and a "
        "standby that never saw it takes over"
    )
    setting = "patroni: `synchronous_mode: quorum`, `synchronous_mode_strict`; database/durability"

    def run(self, drill: Drill) -> None:
        orders = database(drill.deployed)
        primary = drill.primary(orders)
        everybody = members(drill.deployed, orders)
        standbys = [one for one in everybody if one.container != primary.container]
        cuts = [Cut(host=one.host, container=one.container, label=one.name) for one in standbys]
        drill.steady(STEADY_SECONDS)
        with drill.fault(*cuts):
            drill.hold(CUT_SECONDS)
            with drill.fault(Kill(host=primary.host, container=primary.container, label=primary.name)):
                pass
        drill.expect(
            f"one member of {orders} leads and {len(everybody) - 1} stream from it",
            whole(drill.deployed, orders, len(everybody)),
            within=BACK_SECONDS,
        )
        drill.hold(AFTER_SECONDS)
