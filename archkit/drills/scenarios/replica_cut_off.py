"""A replica is cut off from the network."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Cut
from archkit.drills.observe import complete
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.victims.selector import one

CUT_SECONDS = 8.0


class ReplicaCutOff(Scenario):
    """No packet reaches it; requests go elsewhere, and come back with its cable."""

    name = "replica-cut-off"
    title = "A replica is cut off the network under load, and connected again later"
    reason = (
        "packets vanish: new connections run into `timeout connect` and go to another replica at once, requests under "
        "way wait for `timeout server` and are repeated there"
    )
    setting = "load balancer: `timeout connect 250ms`, `retry-on conn-failure response-timeout`, `option redispatch 1`"

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.first(requirements.replicas(deployed, 1), requirements.root(deployed))

    def harms(self, deployed: Deployed) -> str:
        return deployed.components("service")[0]

    def run(self, drill: Drill) -> None:
        web = drill.service()
        victim = drill.one(one(web))
        count = drill.count(web)
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed=0)
        with drill.fault(Cut(host=victim.host, container=victim.container, label=victim.name)):
            drill.hold(CUT_SECONDS)
        drill.expect(f"{count} replicas of {web} are healthy again", complete(drill.deployed, web, count), within=30)
        drill.hold(AFTER_SECONDS)
