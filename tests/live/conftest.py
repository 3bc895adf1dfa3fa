"""Real deployments that live tests share: by the real engine, on this machine's Docker."""

from pathlib import Path

import pytest

from archkit.bench.deployment import temporary
from archkit.stack.project import Project

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def checkout() -> Project:
    return Project(root=ROOT)


@pytest.fixture(scope="session")
def web(checkout: Project):
    """The web design, three replicas, deployed; removed at the end."""
    with temporary(
        checkout, "livetest", "web.service.health.start_seconds=20", "web.service.scaling.scale_in=false"
    ) as deployment:
        deployment.up()
        deployment.wait_for_answer()
        yield deployment
