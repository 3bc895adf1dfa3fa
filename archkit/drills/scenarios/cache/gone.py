"""The whole cache is gone for a while, and comes back empty."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import DependencyGone
from archkit.drills.observe import complete
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements

GONE_SECONDS = 8.0


class CacheGone(Scenario):
    """Answers are slower but right, and come from the cache again by themselves once it is back."""

    name = "cache-gone"
    title = "Every server of the cache is taken away under load, and given back later"
    reason = (
        "a cache holds nothing that the database does not: without it every read is a query, one flight per key; the "
        "breaker asks for it now and then, and what it answers again is filled again"
    )
    setting = "application: breaker and time-out of the cache, bulkhead before the database; image: `cache-leader`"

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.first(requirements.has(deployed, "cache"), requirements.replicas(deployed, 1))

    def harms(self, deployed: Deployed) -> str:
        return deployed.components("cache")[0]

    def run(self, drill: Drill) -> None:
        cache = drill.deployed.components("cache")[0]
        count = drill.count(cache)
        members = [one for one in drill.deployed.population.members if one.component == cache]
        services = sorted({one.service for one in members})
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed=0)
        with drill.fault(*(DependencyGone(host=drill.deployed.manager, service=one) for one in services)):
            drill.expect(f"nothing of {cache} runs", complete(drill.deployed, cache, 0), within=30)
            drill.hold(GONE_SECONDS)
        drill.expect(f"{count} servers of {cache} are healthy", complete(drill.deployed, cache, count), within=90)
        drill.hold(AFTER_SECONDS)
