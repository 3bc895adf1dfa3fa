"""What the scenarios of the API share: who its clients are, and whether its answers come from the cache."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from archkit.drills.clients import Clients, Room
from archkit.drills.deployed import Deployed
from archkit.drills.load import ClientArgs
from archkit.drills.observe import seldom
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import requirements
from archkit.drills.scenarios.api.traffic import CatalogueTraffic, Rows

RATE = 60.0  # two processors that run all of it besides were at their end with 200 (2026-11-28: 1 s at p90)
READ_PATH = "/products"
ASKED = 10  # times, of which so many have to come from the cache
OF_THEM = 9  # one may have run out
_PAUSE_SECONDS = 1.0
_SECONDS = 10
_ASK = """
import http.client, sys
host, port, path, times = sys.argv[1:]
hits = 0
for _ in range(int(times)):
    connection = http.client.HTTPConnection(host, int(port), timeout=3)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    hits += answer.status == 200 and answer.headers["x-cache"] in ("hit", "stale")
    connection.close()
print(hits)
"""


class OnCatalogue(Scenario):
    """A failure of what the catalogue's API depends on, seen by the API's own clients."""

    write_every = 0

    def needs(self, deployed: Deployed) -> str | None:
        return requirements.first(
            requirements.has(deployed, "database"),
            requirements.has(deployed, "cache"),
            requirements.replicas(deployed, 1),
            None if deployed.path == READ_PATH else f"needs the catalogue, whose `read_path` is {READ_PATH}",
        )

    def clients(self, deployed: Deployed, room: Room) -> Clients:
        del room
        addresses = deployed.addresses
        rows = Rows(stack=deployed.stack, database=deployed.components("database")[0], hosts=deployed.living_hosts)
        traffic = CatalogueTraffic(
            client=ClientArgs(addresses=addresses, attempts=0), rows=rows, write_every=self.write_every
        )
        where = ", ".join(f"{host}:{port}" for host, port in addresses)
        writes = f", every {self.write_every}th a POST that is sent once" if self.write_every else ""
        return Clients(workload=traffic, name=f"catalogue at {where}{writes}", prefix=deployed.prefix, rate=RATE)


def from_the_cache(deployed: Deployed, *, path: str = "/products?limit=7") -> Callable[[], bool]:
    """Whether nearly all of some answers to one question come from the cache; the first of them may fill it."""
    return seldom(lambda: _hits(deployed, path) >= OF_THEM, seconds=_PAUSE_SECONDS)


def past_the_cache(deployed: Deployed, *, path: str = "/products?limit=7") -> Callable[[], bool]:
    """Whether none of some answers comes from the cache."""
    return seldom(lambda: _hits(deployed, path) == 0, seconds=_PAUSE_SECONDS)


def _hits(deployed: Deployed, path: str) -> int:
    """How many of `ASKED` answers came from the cache; -1 where somebody did not answer."""
    host, port = deployed.addresses[0]
    command = [*deployed.prefix, sys.executable, "-c", _ASK, host, str(port), path, str(ASKED)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS)
    except (subprocess.SubprocessError, OSError):
        return -1
    return int(done.stdout)
