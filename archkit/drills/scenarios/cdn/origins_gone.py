"""Everybody who could make an answer is gone."""

from collections import Counter

from archkit.drills.clients import Clients, Room
from archkit.drills.deployed import Deployed
from archkit.drills.drill import STEADY_SECONDS, Drill
from archkit.drills.faults import DependencyGone
from archkit.drills.load import LoadResult
from archkit.drills.load.http.edge import APPLICATION, PAGE, STALE, EdgeReads
from archkit.drills.observe import complete
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios.cdn import edges
from archkit.plain import items, mapping, text

GONE_SECONDS = 15.0  # the design's `cached_path` is fresh for 5 s: most of the time it is stale
BACK_SECONDS = 60.0
PAGE_SECONDS = 1.0  # the longest that a visitor waits for any of it, the page that says sorry included
LAST_SECONDS = 1.0
FOUND_SECONDS = 8.0  # an origin that is healthy again is found by DNS and checked twice before it is asked


class OriginsGone(Scenario):
    """What is kept is shown on and says that it is stale; for the rest there is a page for people, at once."""

    name = "origins-gone"
    title = "All origins of the CDN are taken away under load, and given back later"
    reason = (
        "every location keeps what its origin lets it keep by `stale-if-error`, and checks all the time whether "
        "anybody is left to ask: nobody waits for an origin that is known to be gone"
    )
    setting = "application: `stale-if-error`; cdn: error pages, probes of 500 ms, `timeout connect 250ms`, one retry"

    def needs(self, deployed: Deployed) -> str | None:
        return edges.needs(deployed)

    def clients(self, deployed: Deployed, room: Room) -> Clients:
        del room
        args = edges.client(deployed, timeout_seconds=PAGE_SECONDS)
        where = ", ".join(f"{host}:{port}" for host, port in args.addresses)
        reads = EdgeReads(client=args, kept=deployed.cached_path, passed=deployed.path)
        name = f"GET https://{where}{deployed.cached_path} and {deployed.path}"
        return Clients(workload=reads, name=name, prefix=deployed.prefix)

    def judge(self, result: LoadResult) -> list[str]:
        """Stale answers and pages were seen, and at the end the application's own again."""
        seen = Counter(one.replica for one in result.samples)
        last = [one.replica for one in result.samples if one.intended > result.seconds - LAST_SECONDS]
        missing = [
            f"clients must have seen answers of the kind {who!r}, got none" for who in (STALE, PAGE) if not seen[who]
        ]
        if APPLICATION not in last or PAGE in last:
            pages = last.count(PAGE)
            missing.append(f"in the last {LAST_SECONDS:g} s the application must answer again, got {pages} error pages")
        return missing

    def run(self, drill: Drill) -> None:
        gone = origins(drill.deployed)
        counts = {one: drill.count(one) for one in gone}
        manager = drill.deployed.manager
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed=0)
        with drill.fault(
            *(DependencyGone(host=manager, service=drill.deployed.service_name(one)) for one in gone),
        ):
            for one in gone:
                drill.expect(f"nothing of {one} runs", complete(drill.deployed, one, 0), within=30)
            drill.hold(GONE_SECONDS)
        for one, count in counts.items():
            drill.expect(f"{count} of {one} are healthy", complete(drill.deployed, one, count), within=BACK_SECONDS)
        drill.hold(FOUND_SECONDS)


def origins(deployed: Deployed) -> list[str]:
    """The design's names of all that its CDN asks."""
    cdn = next(one for one in deployed.graph.resources if not one.custom and one.name == edges.cdn(deployed))
    linked = {text(mapping(link).get("to")) for link in items(cdn.outputs.get("links"))}
    return sorted(one.name for one in deployed.graph.resources if one.urn in linked)
