"""A whole zone dies."""

from __future__ import annotations

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import ZoneKilled as ZoneKilledFault
from archkit.drills.observe import as_before, whole
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.scenarios.zones import LabSwitch, addresses_without, leader

COMPLETE_SECONDS = 6.0
LEADER_COMPLETE_SECONDS = 25.0  # Swarm elects a new leader first, by raft; no option shortens that
SPREAD_SECONDS = 120.0


class ZoneKilled(Scenario):
    """Clients of the other zones notice nothing; its replicas run elsewhere, and spread again when it is back."""

    name = "zone-killed"
    title = "A zone loses its power under load, one that does not lead the swarm, and gets it back"
    reason = (
        "the other zones' load balancers send requests for the dead replicas to living ones; the swarm misses the "
        "zone's heartbeat and starts its replicas elsewhere"
    )
    setting = "swarm: dispatcher heartbeat 1 s (`archkit lab up` sets it); three load balancers, one in each zone"
    leading = False
    complete_seconds = COMPLETE_SECONDS

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.first(requirements.lab(deployed), requirements.replicas(deployed, 3))

    def victim(self, deployed: Deployed) -> str:
        """The zone: the swarm leader's, or the last of the others."""
        leads = leader(deployed)
        names = [host.name for host in deployed.hosts]
        return leads if self.leading else [name for name in names if name != leads][-1]

    def addresses(self, deployed: Deployed) -> tuple[tuple[str, int], ...]:
        """Clients know the zones that stay: a dead address answers nobody."""
        return addresses_without(deployed, self.victim(deployed))

    def run(self, drill: Drill) -> None:
        assert drill.deployed.lab is not None
        web = drill.service()
        count = drill.count(web)
        zone = self.victim(drill.deployed)
        drill.steady(STEADY_SECONDS)
        drill.timeline.mark(f"victim: zone {zone}")
        drill.clients_may_see(failed=0)
        switch = LabSwitch(drill.deployed.lab)
        with drill.fault(ZoneKilledFault(host=drill.deployed.manager, zone=zone, switch=switch)):
            elsewhere = whole(drill.deployed, web, count)
            drill.expect(
                f"{count} replicas of {web} are healthy in the other zones", elsewhere, within=self.complete_seconds
            )
        back = as_before(drill.deployed, web, 3)
        drill.expect(f"all is healthy, and {web} spread over three zones again", back, within=SPREAD_SECONDS)
        drill.hold(AFTER_SECONDS)


class LeaderZoneKilled(ZoneKilled):
    """As another zone's death, after the swarm has elected a new leader."""

    name = "leader-zone-killed"
    title = "The zone of the swarm's leader loses its power under load, and gets it back"
    reason = "requests go to living replicas at once; new replicas wait until the managers left have elected a leader"
    leading = True
    complete_seconds = LEADER_COMPLETE_SECONDS
