"""Real deployments that live tests share: by the real engine, on this machine's Docker."""

from pathlib import Path

import pytest

from archkit.bench.cache_stack import deployed_caches
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


@pytest.fixture(scope="session")
def caches():
    """Both engines of the cache and an application that is linked to them; of their end nothing is left."""
    with deployed_caches() as made:
        yield made
        assert made.left_behind(), "what is not seen cannot be missed"
    assert made.left_behind() == []
