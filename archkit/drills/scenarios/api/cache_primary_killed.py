"""The cache's primary dies, seen by the API's clients."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Kill
from archkit.drills.observe import replaced
from archkit.drills.scenarios.api.catalogue import OnCatalogue, from_the_cache
from archkit.drills.scenarios.cache.roles import another_leads

P99_SECONDS = 1.0


class ApiCachePrimaryKilled(OnCatalogue):
    """No request fails; some are slower until a replica of the cache has taken over."""

    name = "api-cache-primary-killed"
    title = "The cache's primary is killed (SIGKILL) while clients read the catalogue"
    reason = (
        "a question that the cache does not answer within 100 ms is one for the database, once for each key; after "
        "five in a row a breaker spares requests even the wait, and tries once a second whether the cache is back"
    )
    setting = "application: the cache's time-out of 100 ms, its breaker, one flight for each key"

    def harms(self, deployed: Deployed) -> str:
        return deployed.components("cache")[0]

    def run(self, drill: Drill) -> None:
        cache = self.harms(drill.deployed)
        victim = drill.primary(cache)
        count = drill.count(cache)
        drill.steady(STEADY_SECONDS)
        drill.expect("answers come from the cache", from_the_cache(drill.deployed), within=10)
        drill.clients_may_see(failed=0, p99_seconds=P99_SECONDS)
        with drill.fault(Kill(host=victim.host, container=victim.container, label=victim.name)):
            drill.expect("a replica has taken over", another_leads(drill.deployed, cache, victim), within=15)
            drill.expect("answers come from the cache again", from_the_cache(drill.deployed), within=25)
            back = replaced(drill.deployed, cache, count, victim.container)
            drill.expect(f"{count} servers of {cache} are healthy, all but one the same", back, within=45)
        drill.hold(AFTER_SECONDS)
