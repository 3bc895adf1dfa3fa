"""PostgreSQL's own load generator, at a rate, in a container on a network of the stack.

pgbench takes a twentieth of a processor for 500 reads a second where clients in Python take two fifths, which on two
processors is what the servers between would have needed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from docker import DockerClient

from archkit.bench.arena import LABEL, archive
from archkit.drills.load.latency import Latency, latency_of
from archkit.errors import UserError

CLIENTS = 8
LEAST_SHARE = 0.9  # of the reads that were due: pgbench's own schedule is a Poisson process
_PATIENCE_SECONDS = 60
_HOME = "/tmp"  # noqa: S108 - the container's own
# Its log has a line for each transaction; what it says itself goes to the errors.
_RUN = """\
cd /tmp && export PGPASSWORD="$(cat password)" &&
pgbench --no-vacuum --file=reads.sql --rate="$1" --time="$2" --client="$3" --log --log-prefix=log >&2 && cat log.*
"""
_LATENCY = 2  # the column: microseconds from the moment at which a transaction was due


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where reads go, and as whom.

    Args:
        network: Of which the client is a part.
        host: Its name there.
        port: Where it listens.
        database: Of it.
        user: A role that may read.
        password: The role's.
        authority: Whom the server's certificate is proved by, as PEM.

    """

    network: str
    host: str
    port: int
    database: str
    user: str
    password: str
    authority: str


def reads(daemon: DockerClient, image: str, server: Server, script: str, *, rate: float, seconds: float) -> Latency:
    """How long reads took, each from the moment at which it was due.

    Args:
        daemon: Which runs the client.
        image: One with pgbench.
        server: What is read.
        script: One transaction, in pgbench's own language.
        rate: Transactions a second, of all clients together.
        seconds: How long.

    Raises:
        UserError: One failed, or the rate was not kept.

    """
    api = cast("Any", daemon.api)  # docker's own types are wrong for endpoints by name
    made = api.create_container(
        image,
        entrypoint=["bash", "-c", _RUN, "pgbench"],
        command=[f"{rate:g}", f"{seconds:g}", str(CLIENTS)],
        user="root",  # of no capability: files that are put into a container are root's
        environment={
            "PGHOST": server.host,
            "PGPORT": str(server.port),
            "PGDATABASE": server.database,
            "PGUSER": server.user,
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": f"{_HOME}/authority.pem",
        },
        labels={LABEL: server.network},
        healthcheck={"test": ["NONE"]},
        host_config=api.create_host_config(network_mode=server.network, init=True, cap_drop=["ALL"]),
        networking_config=api.create_networking_config({server.network: api.create_endpoint_config()}),
        name=f"{server.network}-pgbench-{secrets.token_hex(3)}",
    )
    container = daemon.containers.get(str(made["Id"]))
    try:
        for name, text in {
            "reads.sql": script,
            "password": server.password,
            "authority.pem": server.authority,
        }.items():
            container.put_archive(_HOME, archive(name, text))
        container.start()
        code = container.wait(timeout=seconds + _PATIENCE_SECONDS)["StatusCode"]
        said = container.logs(stdout=False, stderr=True).decode(errors="replace")
        lines = container.logs(stdout=True, stderr=False).decode().splitlines()
    finally:
        container.remove(force=True)
    return latency(lines, f"reads at {server.host}", due=rate * seconds, problem=said.strip()[-300:] if code else "")


def latency(lines: Iterable[str], what: str, *, due: float, problem: str = "") -> Latency:
    """Of the lines of pgbench's log.

    Raises:
        UserError: There was a problem, or too few of those that were due were answered.

    """
    took = [float(line.split()[_LATENCY]) / 1e6 for line in lines if line.strip()]
    found = latency_of(took)
    if problem or found is None or found.count < LEAST_SHARE * due:
        got = problem or f"{len(took)} of {due:.0f}"
        raise UserError(f"{what}: must all be answered at their rate, got {got}")
    return found
