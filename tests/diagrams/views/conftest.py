"""Models made by hand: what views must cope with, whatever reads graphs for them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from topology.model import Model

sys.path.insert(0, str(Path(__file__).parent))

from handmade.aws import serverless, three_tier
from handmade.base import HOSTILE, finish
from handmade.docker import docker_many, docker_web
from handmade.extremes import hostile, many_zones, two_regions

__all__ = ["HOSTILE", "hostile"]  # a test finds them by this module

MODELS: dict[str, Callable[[], Model]] = {
    "three-tier": three_tier,
    "serverless": serverless,
    "docker-web": docker_web,
    "docker-60": docker_many,
    "docker-mixed": lambda: docker_many(40, mixed=True),
    "two-regions": two_regions,
    "hostile": hostile,
    "six-zones": many_zones,
    "empty": lambda: finish("empty", [], [], []),
}


@pytest.fixture(params=sorted(MODELS))
def model(request: pytest.FixtureRequest) -> Model:
    return MODELS[request.param]()
