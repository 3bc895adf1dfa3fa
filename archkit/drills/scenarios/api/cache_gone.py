"""The whole cache is gone for a while, seen by the API's clients."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import DependencyGone
from archkit.drills.observe import complete
from archkit.drills.scenarios.api.catalogue import OnCatalogue, from_the_cache, past_the_cache

GONE_SECONDS = 8.0


class ApiCacheGone(OnCatalogue):
    """No read fails, and the share of answers from the cache recovers by itself once it is back, empty."""

    name = "api-cache-gone"
    title = "Every server of the cache is taken away while clients read the catalogue, and given back later"
    reason = (
        "the cache holds nothing that the database does not: without it each replica asks the database once a second "
        "for each key at most; the breaker finds out by itself that the cache is back, and reads fill it again"
    )
    setting = "application: breaker and time-out of the cache, one flight for each key, bulkhead before the database"

    def harms(self, deployed: Deployed) -> str:
        return deployed.components("cache")[0]

    def run(self, drill: Drill) -> None:
        cache = self.harms(drill.deployed)
        count = drill.count(cache)
        members = [one for one in drill.deployed.population.members if one.component == cache]
        services = sorted({one.service for one in members})
        drill.steady(STEADY_SECONDS)
        drill.expect("answers come from the cache", from_the_cache(drill.deployed), within=10)
        drill.clients_may_see(failed=0)
        with drill.fault(*(DependencyGone(host=drill.deployed.manager, service=one) for one in services)):
            drill.expect(f"nothing of {cache} runs", complete(drill.deployed, cache, 0), within=30)
            drill.expect("no answer comes from the cache", past_the_cache(drill.deployed), within=40)
            drill.hold(GONE_SECONDS)
        drill.expect(f"{count} servers of {cache} are healthy", complete(drill.deployed, cache, count), within=90)
        drill.expect("answers come from the cache again", from_the_cache(drill.deployed), within=120)
        drill.hold(AFTER_SECONDS)
