"""A version that never gets healthy is deployed."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import BadDeploy as BadDeployFault
from archkit.drills.observe import complete, healthy, updated
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements


class BadDeploy(Scenario):
    """The old version serves on, and the swarm rolls back by itself."""

    name = "bad-deploy"
    title = "A version that never gets healthy is deployed under load"
    reason = "start-first: the old replica is only stopped once the new one is healthy, which it never is"
    setting = "service: `update_config.order: start-first`, `failure_action: rollback`, the health check"

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.replicas(deployed, 1)

    def harms(self, deployed: Deployed) -> str:
        return deployed.components("service")[0]

    def run(self, drill: Drill) -> None:
        web = drill.service()
        before = {member.container for member in healthy(drill.deployed, web)}
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed=0)
        service = drill.deployed.service_name(web)
        with drill.fault(BadDeployFault(host=drill.deployed.manager, service=service)):
            back = updated(drill.deployed, web, "rollback_completed")
            drill.expect(f"the swarm has rolled {web} back by itself", back, within=90)
        drill.expect(
            f"{len(before)} replicas of {web} are healthy", complete(drill.deployed, web, len(before)), within=60
        )
        drill.hold(AFTER_SECONDS)
