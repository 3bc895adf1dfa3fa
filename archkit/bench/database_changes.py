"""Changes of what is deployed while four writers write."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from archkit.bench.database_stack import NAME, DatabaseStack
from archkit.bench.rows import Row
from archkit.drills.clients import Room
from archkit.drills.load import Job, Load, LoadResult, Schedule
from archkit.drills.load.postgres.clients import postgres_writes
from archkit.drills.report.measures import measure
from archkit.drills.scenarios.database.cluster import whole
from archkit.errors import UserError
from components.database import DatabaseArgs

STEADY_SECONDS = 3.0
STREAMS_SECONDS = 60.0


def member_added(stack: DatabaseStack) -> Row:
    """How long writers were interrupted by another replica, from before its deployment until it streams."""
    result, seconds = resized(stack, stack.args.replicas + 1)
    measures = measure(result, fault_at=None)
    lost = measures.lost
    return Row(
        what="member added: interruption of writers, s",
        target="0",
        measured=f"{measures.downtime_seconds:g}",
        met=not measures.downtime_seconds and not measures.failed and lost == 0 and not measures.problem,
        n=1,
        note=f"{measures.failed} of {measures.sent} writes failed, {lost} lost, longest gap "
        f"{measures.gap.seconds:.2f} s; deployed and streaming after {seconds:.0f} s"
        f"{'; ' + measures.problem if measures.problem else ''}",
    )


def resized(stack: DatabaseStack, *replicas: int) -> tuple[LoadResult, float]:
    """What four writers saw of so many replicas, one number after the other, and until the last of them streamed.

    Raises:
        UserError: They do not stream in time.

    """
    return written(stack, *(replace(stack.args, replicas=number) for number in replicas))


def written(stack: DatabaseStack, *wanted: DatabaseArgs) -> tuple[LoadResult, float]:
    """What four writers saw of deployments with other arguments, and the seconds until all members streamed again.

    Raises:
        UserError: They do not stream in time.

    """
    with ExitStack() as after, TemporaryDirectory() as folder:
        clients = postgres_writes(stack.deployed, NAME, Room(Path(folder), after))
        job = Job(workload=clients.workload, schedule=Schedule.constant(clients.rate), directory=folder)
        with Load(job, name=clients.name, prefix=clients.prefix, drain_seconds=clients.drain_seconds) as load:
            load.start()
            time.sleep(STEADY_SECONDS)
            began = time.monotonic()
            for args in wanted:
                stack.change(args)
                until_whole(stack)
            seconds = time.monotonic() - began
            time.sleep(STEADY_SECONDS)
            return load.stop(), seconds


def until_whole(stack: DatabaseStack) -> None:
    """Waits until one member leads and all others stream.

    Raises:
        UserError: They do not in time.

    """
    streams = whole(stack.deployed, NAME, stack.args.replicas + 1)
    until = time.monotonic() + STREAMS_SECONDS
    while not streams():
        if time.monotonic() > until:
            raise UserError(f"{stack.name}: {stack.args.replicas} replicas must stream within {STREAMS_SECONDS:g} s")
        time.sleep(0.5)
