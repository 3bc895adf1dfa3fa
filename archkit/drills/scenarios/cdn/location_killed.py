"""An edge location is killed."""

from archkit.drills.clients import Clients, Room
from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Kill
from archkit.drills.load import HttpReads
from archkit.drills.observe import replaced
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios.cdn import edges
from archkit.drills.victims.selector import one

BACK_SECONDS = 45.0  # the swarm makes a container, Varnish compiles its configuration, and the health check passes


class EdgeLocationKilled(Scenario):
    """Clients that know both addresses go to the other one."""

    name = "edge-location-killed"
    title = "An edge location is killed (SIGKILL) under load; clients know the addresses of both"
    reason = (
        "a refused or broken connection tells a client at once, and a GET may be asked again: the other location has "
        "memory and keys of its own and asks the same shield"
    )
    setting = "cdn: two locations, `local/edge_ports`; clients: all addresses of the output `urls`, GETs tried again"

    def needs(self, deployed: Deployed) -> str | None:
        return edges.needs(deployed)

    def harms(self, deployed: Deployed) -> str:
        return edges.cdn(deployed)

    def clients(self, deployed: Deployed, room: Room) -> Clients:
        del room
        args = edges.client(deployed, timeout_seconds=5.0)
        where = ", ".join(f"{host}:{port}" for host, port in args.addresses)
        reads = HttpReads(client=args, path=deployed.cached_path, host=args.server_name)
        return Clients(workload=reads, name=f"GET https://{where}{deployed.cached_path}", prefix=deployed.prefix)

    def run(self, drill: Drill) -> None:
        cdn = edges.cdn(drill.deployed)
        count = drill.count(cdn)
        victim = drill.one(one(cdn, role=edges.EDGE_ROLE))
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed=0)
        with drill.fault(Kill(host=victim.host, container=victim.container, label=victim.name)):
            back = replaced(drill.deployed, cdn, count, victim.container)
            drill.expect(f"{count} servers of {cdn} are healthy, all but one the same", back, within=BACK_SECONDS)
        drill.hold(AFTER_SECONDS)
