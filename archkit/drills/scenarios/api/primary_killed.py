"""The primary of the database dies, seen by the API's clients."""

from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.faults import Kill
from archkit.drills.scenarios.api.catalogue import OnCatalogue
from archkit.drills.scenarios.database.cluster import BACK_SECONDS, leads_without, members, whole

WRITE_GAP_SECONDS = 6.0  # 3 s until another leads, a second of the breaker's, and a trial through it


class ApiPrimaryKilled(OnCatalogue):
    """Reads go on, writes get 503 until another member leads, and each is what its answer said that it is."""

    name = "api-primary-killed"
    title = "The primary of the database is killed (SIGKILL) while clients read and write the catalogue"
    reason = (
        "reads are answered by the cache and by the database's replicas; a write that nobody can take is refused with "
        "503 and `Retry-After` before its load balancer gives up on it, and says whether its commit was under way"
    )
    setting = "application: `REQUEST_SECONDS` below HAProxy's `timeout server`; patroni: `synchronous_mode: quorum`"
    write_every = 5

    def harms(self, deployed: Deployed) -> str:
        return deployed.components("database")[0]

    def run(self, drill: Drill) -> None:
        database = self.harms(drill.deployed)
        victim = drill.primary(database)
        count = len(members(drill.deployed, database))
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(failed_reads=0, write_gap_seconds=WRITE_GAP_SECONDS)
        with drill.fault(Kill(host=victim.host, container=victim.container, label=victim.name)):
            leads = leads_without(drill.deployed, database, victim)
            drill.expect(f"a member of {database} leads again", leads, within=10)
        drill.expect(
            f"{count - 1} replicas of {database} stream, the dead one among them",
            whole(drill.deployed, database, count),
            within=BACK_SECONDS,
        )
        drill.hold(AFTER_SECONDS)
