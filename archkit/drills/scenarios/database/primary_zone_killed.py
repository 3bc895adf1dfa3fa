"""The zone in which the primary stands dies."""

from archkit.drills.clients import Clients, Room
from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import ZoneKilled
from archkit.drills.load.postgres.clients import postgres_writes
from archkit.drills.scenarios import requirements
from archkit.drills.scenarios.database.cluster import OnDatabase, database, leads_without, members, whole
from archkit.drills.scenarios.zones import LabSwitch, others
from archkit.drills.victims.engines import PROBES
from archkit.drills.victims.probes import primary_among

GAP_SECONDS = 30.0
BACK_SECONDS = 180.0  # its node joins, its member is rewound or copied, and streams


class PrimaryZoneKilled(OnDatabase):
    """Nobody is left there to revoke a lease, so it expires; the zone, back, brings a full member."""

    name = "primary-zone-killed"
    title = "The zone of the database's primary loses its power under four writers, and gets it back"
    reason = (
        "the controller of the zone died with it, and no other one may fence what it cannot see: the lease of 20 s "
        "expires, and a replica of another zone takes over"
    )
    setting = "patroni: `ttl: 20`, `loop_wait: 2`, `retry_timeout: 5`"

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.first(super().needs(deployed), requirements.lab(deployed))

    def zone(self, deployed: Deployed) -> str:
        """Where the primary stands now."""
        orders = database(deployed)
        return primary_among(members(deployed, orders), PROBES, orders).zone

    def clients(self, deployed: Deployed, room: Room) -> Clients:
        return postgres_writes(deployed, database(deployed), room, away_from=self.zone(deployed))

    def run(self, drill: Drill) -> None:
        assert drill.deployed.lab is not None
        orders = database(drill.deployed)
        victim = drill.primary(orders)
        count = len(members(drill.deployed, orders))
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(gap_seconds=GAP_SECONDS)
        switch = LabSwitch(drill.deployed.lab)
        manager = others(drill.deployed, victim.zone)[0]
        with drill.fault(ZoneKilled(host=manager, zone=victim.zone, switch=switch)):
            leads = leads_without(drill.deployed, orders, victim)
            drill.expect(f"a member of {orders} in another zone leads", leads, within=GAP_SECONDS)
        drill.expect(
            f"{count - 1} replicas of {orders} stream, that of zone {victim.zone} among them",
            whole(drill.deployed, orders, count),
            within=BACK_SECONDS,
        )
        drill.hold(AFTER_SECONDS)
