"""The cache's primary hangs: it takes connections and never answers."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Freeze
from archkit.drills.observe import complete
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.scenarios.cache.roles import another_leads, one_leads

FROZEN_SECONDS = 8.0


class CacheFrozen(Scenario):
    """A replica takes over; once it runs again, the old primary takes no writes and becomes a replica."""

    name = "cache-frozen"
    title = "The cache's primary is frozen (paused) under load, and runs again later"
    reason = (
        "who waits for a frozen cache waits no longer than its time-out; the old primary still takes itself for one "
        "when it runs again, but nobody follows it: Valkey refuses writes and HAProxy sends nobody there"
    )
    setting = "Valkey: `min-replicas-to-write 1`; HAProxy: the backend `followed`; the application's time-out of 100 ms"

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
        with drill.fault(Freeze(host=victim.host, container=victim.container, label=victim.name)):
            drill.hold(FROZEN_SECONDS)
            drill.expect("a replica has taken over", another_leads(drill.deployed, cache, victim), within=15)
        drill.expect("one member leads, nobody else thinks so", one_leads(drill.deployed, cache), within=30)
        drill.expect(f"{count} servers of {cache} are healthy", complete(drill.deployed, cache, count), within=45)
        drill.hold(AFTER_SECONDS)
