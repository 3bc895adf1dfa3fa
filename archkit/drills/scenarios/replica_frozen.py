"""A replica hangs: its processes no longer run, its connections stay open."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Freeze
from archkit.drills.observe import complete
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.victims.selector import one

FROZEN_SECONDS = 8.0


class ReplicaFrozen(Scenario):
    """Requests that hang are answered by another replica; once it runs again it is a full member."""

    name = "replica-frozen"
    title = "A replica is frozen (paused) under load, and runs again later"
    reason = (
        "a frozen replica takes connections and never answers: each request waits for the server time-out and is then "
        "sent to another replica; the checks take the frozen one out within a second or two"
    )
    setting = "load balancer: `retry-on response-timeout`, `observe layer7`; local/response_timeout_milliseconds"

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.replicas(deployed, 1)

    def harms(self, deployed: Deployed) -> str:
        return deployed.components("service")[0]

    def run(self, drill: Drill) -> None:
        web = drill.service()
        victim = drill.one(one(web))
        count = drill.count(web)
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed=0)
        with drill.fault(Freeze(host=victim.host, container=victim.container, label=victim.name)):
            drill.hold(FROZEN_SECONDS)
        drill.expect(f"{count} replicas of {web} are healthy again", complete(drill.deployed, web, count), within=30)
        drill.hold(AFTER_SECONDS)
