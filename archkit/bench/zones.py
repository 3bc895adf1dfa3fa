"""A stack in three zones for a measurement or a test: with a lab where there is none, and nothing left afterwards."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from archkit.bench.deployment import Deployment, temporary
from archkit.drills.deployed import Deployed, deployed
from archkit.drills.observe import wait_until_complete
from archkit.lab import Lab, down, status, up
from archkit.stack.images import ensure_on_zones
from archkit.stack.project import Project

SOURCE = "web-lab"
COMPLETE_SECONDS = 120.0


@contextmanager
def three_zones() -> Generator[Lab]:
    """The lab; where this made it, it is removed at the end, whatever happened.

    Raises:
        UserError: This host cannot have a lab, each reason a line.

    """
    lab = Lab()
    found = bool(status(lab))
    try:
        up(lab)
        yield lab
    finally:
        if not found:
            down(lab)


@contextmanager
def temporary_in_zones(project: Project, prefix: str, *values: str) -> Generator[Deployment]:
    """The web design in the lab's zones, deployed; removed at the end. Call it within `three_zones`.

    Args:
        project: The checkout.
        prefix: The beginning of its name: `bench`.
        values: Settings besides its ports: `web.service.capacity.maximum=6`.

    """
    with temporary(project, prefix, *values, source=SOURCE) as made:
        ensure_on_zones(project, made.name, project.config(made.name))
        made.up()
        yield made


def complete(project: Project, name: str) -> Deployed:
    """A deployed stack once all of it is healthy: the engine does not wait for what runs once on each node."""
    found = deployed(project, name)
    wait_until_complete(found, seconds=COMPLETE_SECONDS)
    return found
