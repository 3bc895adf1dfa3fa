"""A load balancer is killed."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Kill
from archkit.drills.observe import replaced
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.victims.selector import one

ALONE_GAP_SECONDS = 8.0  # the swarm starts another: it waits, makes a container, and waits for its health check


class LoadBalancerKilled(Scenario):
    """Where there is one, clients wait for the next; where there are several, they go to another."""

    name = "load-balancer-killed"
    title = "A load balancer is killed (SIGKILL) under load"
    reason = (
        "connections to it break, and until the swarm has started another nobody listens on that address; a client "
        "that knows several addresses goes to the next one"
    )
    setting = (
        "service of the load balancer: `restart_policy`, its health check's interval; how many addresses there are"
    )

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.load_balancer(deployed)

    def harms(self, deployed: Deployed) -> str:
        return deployed.components("load_balancer")[0]

    def run(self, drill: Drill) -> None:
        edge = drill.load_balancer()
        count = drill.count(edge)
        drill.force = True  # with one load balancer the gap is what is measured
        victim = drill.one(one(edge))
        drill.steady(STEADY_SECONDS)
        if count > 1:
            drill.clients_may_see(failed=0)
        else:
            drill.clients_may_see(gap_seconds=ALONE_GAP_SECONDS)
        with drill.fault(Kill(host=victim.host, container=victim.container, label=victim.name)):
            back = replaced(drill.deployed, edge, count, victim.container)
            drill.expect(f"{count} of {edge} are healthy again, a new one among them", back, within=30)
        drill.hold(AFTER_SECONDS)
