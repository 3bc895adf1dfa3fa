"""A replica is killed."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Kill
from archkit.drills.observe import replaced
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.victims.selector import one


class ReplicaKilled(Scenario):
    """Nobody notices, and another replica takes its place."""

    name = "replica-killed"
    title = "A replica is killed (SIGKILL) under load"
    reason = (
        "requests on their way to the dead replica get a reset or no connection; the load balancer sends them to "
        "another replica, since a GET may be repeated, and its checks take the dead one out within a second"
    )
    setting = "load balancer: `retry-on`, `option redispatch 1`, `check inter 500ms fastinter 100ms fall 2`"

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
        with drill.fault(Kill(host=victim.host, container=victim.container, label=victim.name)):
            back = replaced(drill.deployed, web, count, victim.container)
            drill.expect(f"{count} replicas of {web} are healthy again, a new one among them", back, within=30)
        drill.hold(AFTER_SECONDS)
