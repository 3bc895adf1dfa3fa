"""A whole zone is cut off."""

from __future__ import annotations

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import ZoneCut
from archkit.drills.observe import as_before, whole
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.scenarios.zone_killed import COMPLETE_SECONDS, SPREAD_SECONDS
from archkit.drills.scenarios.zones import LabSwitch, addresses_without, leader


class ZoneCutOff(Scenario):
    """Its replicas run on where nobody reaches them; others take their place, and it all comes together again."""

    name = "zone-cut-off"
    title = "A zone's network cable is pulled under load, and plugged in again"
    reason = (
        "to the others it looks like a dead zone; when the cable is back, the replicas that ran on in there are told "
        "to stop, since others have taken their place"
    )
    setting = "swarm: dispatcher heartbeat 1 s; load balancer: `timeout connect 250ms`, `hold valid 1s` for DNS"

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.first(requirements.lab(deployed), requirements.replicas(deployed, 3))

    def victim(self, deployed: Deployed) -> str:
        """The last zone that does not lead the swarm."""
        leads = leader(deployed)
        return [host.name for host in deployed.hosts if host.name != leads][-1]

    def addresses(self, deployed: Deployed) -> tuple[tuple[str, int], ...]:
        """Clients know the zones that stay."""
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
        with drill.fault(ZoneCut(host=drill.deployed.manager, zone=zone, switch=switch)):
            elsewhere = whole(drill.deployed, web, count)
            drill.expect(
                f"{count} replicas of {web} are healthy in the other zones", elsewhere, within=COMPLETE_SECONDS
            )
        back = as_before(drill.deployed, web, 3)
        drill.expect(f"all is healthy, and {web} spread over three zones again", back, within=SPREAD_SECONDS)
        drill.hold(AFTER_SECONDS)
