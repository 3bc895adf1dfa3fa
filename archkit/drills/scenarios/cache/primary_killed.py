"""The cache's primary dies."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Kill
from archkit.drills.observe import replaced
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.scenarios.cache.roles import another_leads


class CachePrimaryKilled(Scenario):
    """A replica takes over, and the old primary comes back as a replica; clients of the API see slower answers."""

    name = "cache-primary-killed"
    title = "The cache's primary is killed (SIGKILL) under load"
    reason = (
        "Sentinels miss it after a second and choose a replica in another; until then the application gives its cache "
        "100 ms and asks the database, whose breaker for the cache spares it even those"
    )
    setting = "Sentinel: `down-after-milliseconds 1000`; HAProxy: `fastinter 100ms`; the application's time-out"

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.first(requirements.has(deployed, "cache"), requirements.replicas(deployed, 1))

    def harms(self, deployed: Deployed) -> str:
        return deployed.components("cache")[0]

    def run(self, drill: Drill) -> None:
        cache = drill.deployed.components("cache")[0]
        victim = drill.primary(cache)
        count = drill.count(cache)
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed=0)
        with drill.fault(Kill(host=victim.host, container=victim.container, label=victim.name)):
            drill.expect("a replica has taken over", another_leads(drill.deployed, cache, victim), within=15)
            back = replaced(drill.deployed, cache, count, victim.container)
            drill.expect(f"{count} servers of {cache} are healthy, all but one the same", back, within=45)
        drill.hold(AFTER_SECONDS)
