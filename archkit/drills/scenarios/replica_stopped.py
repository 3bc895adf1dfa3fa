"""A replica is stopped in an orderly way."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Stop
from archkit.drills.observe import replaced
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.victims.selector import one


class ReplicaStopped(Scenario):
    """It turns unready, serves what it has, and ends; another takes its place."""

    name = "replica-stopped"
    title = "A replica is stopped (SIGTERM) under load, as a node's maintenance does it"
    reason = (
        "the replica answers 503 on its readiness path for 5 s while it serves on, so no new requests come when it ends"
    )
    setting = "application: readiness turns 503 on SIGTERM; service: `stop_grace_period` longer than the drain"

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
        with drill.fault(Stop(host=victim.host, container=victim.container, label=victim.name)):
            back = replaced(drill.deployed, web, count, victim.container)
            drill.expect(f"{count} replicas of {web} are healthy again, a new one among them", back, within=45)
        drill.hold(AFTER_SECONDS)
