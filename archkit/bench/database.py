"""What a failure of the database costs its writers: each drill as a row, on stacks of its own."""

from __future__ import annotations

from functools import partial

from archkit.bench.database_changes import member_added
from archkit.bench.database_path import path_rows
from archkit.bench.database_rows import control, gap_rows, lost_row
from archkit.bench.database_stack import DatabaseStack, deployed_database, image_tags
from archkit.bench.database_zone import zone_rows
from archkit.bench.drilled import drilled
from archkit.bench.rows import Row, kept, tried
from archkit.drills.report import Report
from archkit.drills.runner import Options
from archkit.drills.scenarios.database.cluster import (
    FENCED_GAP_SECONDS,
    SWITCHOVER_GAP_SECONDS,
    SYNCHRONOUS_GAP_SECONDS,
)
from archkit.stack.project import Project
from components.database import DatabaseArgs, Durability

KILLS = 5  # "in 5 of 5", however few rounds are asked for
CONTROL = "standbys-cut-then-primary-killed"


def measure(project: Project, *, rounds: int = 3) -> list[Row]:
    """All rows: of one machine first, then of three zones.

    Args:
        project: The checkout.
        rounds: How often each failure is made; a kill at least five times, a rolling update and a lost zone once.

    """
    rows: list[Row] = []
    tags: list[str] = []
    with kept(rows, "a database made and removed"), deployed_database(project) as stack:
        tags += image_tags(stack)
        rows += tried("what pooler and proxy add to a read", partial(path_rows, stack, rounds=rounds))
        rows += failures(project, stack, rounds)
        rows += tried("member added", lambda: [member_added(stack)])
    with (
        kept(rows, "an asynchronous database made and removed"),
        deployed_database(project, DatabaseArgs(durability=Durability.ASYNCHRONOUS)) as stack,
    ):
        rows += tried(f"{CONTROL}, asynchronous", lambda: control(_drilled(project, stack, CONTROL, 1, "asynchronous")))
    return [*rows, *tried("primary-zone-killed", partial(zone_rows, project, tags, rounds=1))]


def failures(project: Project, stack: DatabaseStack, rounds: int) -> list[Row]:
    """The rows of failures and planned changes."""
    most = {
        "primary-killed": (max(rounds, KILLS), SYNCHRONOUS_GAP_SECONDS),
        "primary-frozen": (rounds, FENCED_GAP_SECONDS),
        "primary-cut-off": (rounds, FENCED_GAP_SECONDS),
        "switchover": (rounds, SWITCHOVER_GAP_SECONDS),
        "database-rolling-update": (1, SWITCHOVER_GAP_SECONDS),
    }
    rows = tried(CONTROL, lambda: [lost_row(_drilled(project, stack, CONTROL, rounds))])
    for name, (times, seconds) in most.items():
        rows += tried(
            name,
            lambda name=name, times=times, seconds=seconds: gap_rows(  # a loop's names would change
                _drilled(project, stack, name, times), seconds
            ),
        )
    return rows


def _drilled(project: Project, stack: DatabaseStack, name: str, rounds: int, kind: str = "local") -> Report:
    # Deadlines of the way back are no figures of the table: a busy machine may take longer for them.
    options = Options(repeat=rounds, patience=2)
    return drilled(project, name, stack.deployed, options, label=f"database-{kind}")
