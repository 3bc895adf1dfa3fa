"""The database in three zones, and the zone of its primary killed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from archkit.bench.database_rows import gap_rows
from archkit.bench.database_stack import DatabaseStack, deployed_database
from archkit.bench.drilled import drilled
from archkit.bench.rows import Row
from archkit.drills.runner import Options
from archkit.drills.scenarios.database.primary_zone_killed import GAP_SECONDS
from archkit.lab import Lab, down, images, up
from archkit.stack.docker import client
from archkit.stack.project import Project

LAB = Lab(name="akldb", root=Path("/var/lib/akldb"))
SCENARIO = "primary-zone-killed"


def zone_rows(project: Project, tags: Sequence[str], *, rounds: int) -> list[Row]:
    """The gap, the loss and the way back of a lost zone."""
    with in_zones(project, tags) as stack:
        report = drilled(project, SCENARIO, stack.deployed, Options(repeat=rounds, patience=2), label="database-lab")
    return gap_rows(report, GAP_SECONDS)


@contextmanager
def in_zones(project: Project, tags: Sequence[str]) -> Generator[DatabaseStack]:
    """A database in a lab of its own; both are gone at the end, whatever happened.

    Args:
        project: The checkout.
        tags: Images that its servers run, which this machine's own daemon has.

    """
    try:
        up(LAB)
        images.spread(LAB, tags, client())
        with deployed_database(project, lab=LAB) as stack:
            yield stack
    finally:
        down(LAB)
