"""The kit's own controller dies."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Kill
from archkit.drills.observe import replaced
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.victims.selector import all_of


class ControllerGone(Scenario):
    """Clients notice nothing: it only ever changes how many replicas there are, and where."""

    name = "controller-gone"
    title = "Every controller of the kit is killed (SIGKILL) under load"
    reason = (
        "no request passes through a controller; without one replicas are neither added nor spread anew, and the swarm "
        "starts others in a second or two"
    )
    setting = (
        "service of the controller: `restart_policy: any`, `delay: 1s`; all that it decides is read from the swarm"
    )

    def needs(self, deployed: Deployed) -> str | None:
        if not deployed.components("controller"):
            return "needs a controller: the design has none, since nothing in it scales"
        return requirements.replicas(deployed, 1)

    def run(self, drill: Drill) -> None:
        controller = drill.deployed.components("controller")[0]
        victims = drill.choose(all_of(controller)).members
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed=0)
        kills = [Kill(host=one.host, container=one.container, label=one.name) for one in victims]
        with drill.fault(*kills):
            back = replaced(drill.deployed, controller, len(victims), *(one.container for one in victims))
            drill.expect(f"{len(victims)} of {controller} are healthy again, all new", back, within=30)
        drill.hold(AFTER_SECONDS)
