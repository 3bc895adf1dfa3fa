"""What pooler and proxy add to a read, against the same read straight to PostgreSQL at the same fixed rate."""

from __future__ import annotations

from statistics import median

from archkit.bench.database_stack import NAME, DatabaseStack
from archkit.bench.pgbench import CLIENTS, Server, reads
from archkit.bench.rows import Row, spread
from archkit.drills.load import Latency
from archkit.drills.observe import primary
from archkit.drills.victims.databases import inside
from archkit.drills.victims.members import Member
from archkit.errors import UserError
from archkit.stack.docker import client
from components.database.contract import DATABASE, USER
from components.database.local.layout import OWNER, POOLER_PORT, POSTGRESQL_PORT, SOCKET_DIRECTORY
from components.secrets import Authority

RATE = 500.0
SECONDS = 12.0
P50_MILLISECONDS, P99_MILLISECONDS = 0.5, 2.0
_TABLE = (
    f"SET ROLE {OWNER}",
    "CREATE TABLE IF NOT EXISTS bench_reads AS SELECT n AS id, 'row ' || n AS text FROM generate_series(1, 1000) AS n",
    "CREATE UNIQUE INDEX IF NOT EXISTS bench_reads_id ON bench_reads (id)",
)
_READ = "\\set wanted random(1, 1000)\nSELECT text FROM bench_reads WHERE id = :wanted;\n"


def path_rows(stack: DatabaseStack, *, rounds: int) -> list[Row]:
    """Turn by turn, so that a busy machine is busy for both; the difference of each pair is what was added."""
    leader = primary(stack.deployed, NAME)
    if leader is None:
        raise UserError(f"{stack.name}: must have a primary to be read, got none")
    made = [f"--command={one}" for one in _TABLE]
    inside(leader, ["psql", f"--host={SOCKET_DIRECTORY}", "--set=ON_ERROR_STOP=1", *made, DATABASE])
    pairs = [(_turn(stack, leader, straight=False), _turn(stack, leader, straight=True)) for _ in range(rounds)]
    return [
        _row("p50", P50_MILLISECONDS, [(one.p50_milliseconds, two.p50_milliseconds) for one, two in pairs]),
        _row("p99", P99_MILLISECONDS, [(one.p99_milliseconds, two.p99_milliseconds) for one, two in pairs]),
    ]


def _row(name: str, most: float, pairs: list[tuple[float, float]]) -> Row:
    added = [pooled - straight for pooled, straight in pairs]
    return Row(
        what=f"a read at {RATE:g}/s: what pooler and proxy add at {name}, ms",
        target=f"<= {most:g}",
        measured=f"{median(added):.2f}",
        met=median(added) <= most,
        n=len(added),
        spread=spread(added, 2),
        note=f"through both {median(one for one, _ in pairs):.2f}, straight {median(two for _, two in pairs):.2f}; "
        f"pgbench, {CLIENTS} connections; each runs from the moment a read was due",
    )


def _turn(stack: DatabaseStack, leader: Member, *, straight: bool) -> Latency:
    """Reads of the primary, by way of the pooler or past all."""
    found = stack.deployed
    service, made = found.service_name(NAME), found.secrets(NAME)
    server = Server(
        network=f"{service}-members" if straight else service,
        host=leader.service if straight else f"{service}-writer",
        port=POSTGRESQL_PORT if straight else POOLER_PORT,
        database=DATABASE,
        user=USER,
        password=made.password(USER),
        authority=Authority(made).pem,
    )
    return reads(client(), leader.image, server, _READ, rate=RATE, seconds=SECONDS)
