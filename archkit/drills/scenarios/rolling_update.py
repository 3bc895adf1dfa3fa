"""All replicas are replaced, one after the other."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import RollingRestart
from archkit.drills.observe import complete, healthy, updated
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements


class RollingUpdate(Scenario):
    """A new version is deployed, and nobody notices."""

    name = "rolling-update"
    title = "All replicas are replaced one after the other under load, as a deployment does it"
    reason = "each new replica is healthy before an old one is told to stop, and the old one drains before it ends"
    setting = "service: `update_config.order: start-first`, the health check, `stop_grace_period`"

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
        with drill.fault(RollingRestart(host=drill.deployed.manager, service=service)):
            through = updated(drill.deployed, web, "completed")
            drill.expect(f"every replica of {web} is replaced", through, within=60 + 30 * len(before))
        drill.expect(
            f"{len(before)} replicas of {web} are healthy", complete(drill.deployed, web, len(before)), within=60
        )
        left = before & {member.container for member in healthy(drill.deployed, web)}
        if left:
            drill.missed.append(f"every replica of {web} is a new one: {len(left)} old ones serve on")
        drill.hold(AFTER_SECONDS)
