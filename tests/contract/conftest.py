"""Runs a program on each target in turn."""

from collections.abc import Callable

import pytest

from archkit.graph import Graph
from archkit.recorder import record
from components.settings import AwsSettings, LocalSettings
from components.target import Target
from components.targets.aws import AwsTarget
from components.targets.local import LocalTarget

_ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
TARGETS: dict[str, Callable[[], Target]] = {
    "aws": lambda: AwsTarget(AwsSettings(images={"web": f"{_ECR}/web@sha256:{'a' * 64}"})),
    "local": lambda: LocalTarget(LocalSettings(images={"web": "archkit/web:1"})),
}
Deploy = Callable[[Callable[[Target], object]], Graph]


@pytest.fixture(params=sorted(TARGETS))
def deploy(request: pytest.FixtureRequest) -> Deploy:
    """Gives what a program registers on one target, after everything has landed."""
    make = TARGETS[request.param]
    return lambda program: record(lambda: program(make()), stack=f"web-{request.param}")
