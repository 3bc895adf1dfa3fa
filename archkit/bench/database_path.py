"""What pooler and proxy add to a read, against the same read straight to PostgreSQL at the same fixed rate."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from archkit.bench.database_stack import NAME, DatabaseStack
from archkit.bench.rows import Row, spread
from archkit.drills.clients import Room
from archkit.drills.inside import client_inside
from archkit.drills.load import Job, Latency, Load, Schedule
from archkit.drills.load.postgres.clients import connections
from archkit.drills.load.postgres.reads import PostgresReads
from archkit.drills.observe import primary
from archkit.errors import UserError
from components.database.contract import USER
from components.database.local.layout import OWNER, POOLER_PORT, POSTGRESQL_PORT, WRITER_PORT

RATE = 500.0
SECONDS = 12.0
P50_MILLISECONDS, P99_MILLISECONDS = 0.5, 2.0


def path_rows(stack: DatabaseStack, *, rounds: int) -> list[Row]:
    """Turn by turn, so that a busy machine is busy for both; the difference of each pair is what was added."""
    pairs = [(_turn(stack, straight=False), _turn(stack, straight=True)) for _ in range(rounds)]
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
        "each runs from the moment a read was due",
    )


def _turn(stack: DatabaseStack, *, straight: bool) -> Latency:
    """Reads of the primary by eight connections."""
    with ExitStack() as after, TemporaryDirectory() as folder:
        room = Room(Path(folder), after)
        found = stack.deployed
        connect = connections(found, NAME, room)
        leader = primary(found, NAME)
        if leader is None:
            raise UserError(f"{stack.name}: must have a primary to be read, got none")
        service = found.service_name(NAME)
        part = leader.service.removeprefix(f"{service}-")
        workload = PostgresReads(
            at=connect(part, POSTGRESQL_PORT, USER) if straight else connect("writer", POOLER_PORT, USER),
            owner=None if straight else connect("proxy", WRITER_PORT, OWNER),
        )
        prefix = client_inside(leader.host, f"{service}-members", leader.image, room) if straight else connect.prefix
        job = Job(workload=workload, schedule=Schedule.constant(RATE, SECONDS), directory=folder)
        where = part if straight else "writer"
        with Load(job, name=f"SELECT at {where}", prefix=prefix) as load:
            load.start()
            result = load.wait()
    if result.latency is None or result.failed:
        problem = result.pace.problem(result.seconds) or f"{result.failed} of {result.sent} failed"
        raise UserError(f"reads at {where}: must all be answered at {RATE:g}/s, got {problem}")
    return result.latency
