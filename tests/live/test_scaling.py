"""Autoscaling for real: load doubles and falls back, and no request fails meanwhile."""

import time

import pytest

from archkit.bench.deployment import temporary
from archkit.bench.traffic import gets_while

pytestmark = [pytest.mark.live, pytest.mark.timeout(420)]


@pytest.fixture(scope="module")
def scaled(checkout):
    with temporary(
        checkout,
        "scaling",
        "web.service.capacity.minimum=2",
        "web.service.capacity.maximum=5",
        "web.service.scaling.cpu_percent=90",
        "web.service.scaling.requests_per_replica_per_minute=3000",
        "local.scale_in_after_seconds=30",
    ) as deployment:
        deployment.up()
        deployment.wait_for_answer()
        yield deployment


def replicas(deployment) -> int:
    spec = deployment.docker.services.get(f"{deployment.name}-web").attrs["Spec"]
    return spec["Mode"]["Replicated"]["Replicas"]


def wait_for(deployment, count: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while replicas(deployment) != count or len(deployment.containers("web")) != count:
        if time.monotonic() > until:
            logs = deployment.docker.services.get(f"{deployment.name}-controller").logs(
                stdout=True, stderr=True, tail=5
            )
            pytest.fail(f"{replicas(deployment)} replicas, not {count}; {b''.join(logs).decode()}")
        time.sleep(0.5)


def test_load_that_doubles_finds_capacity_and_no_request_fails(scaled) -> None:
    result = gets_while(scaled.port, lambda: wait_for(scaled, 4, 60), rate=190, at_least_seconds=15)

    assert result.failed == 0
    assert set(scaled.preview()) == {"same"}, "the count is the controller's: the next deployment does not undo it"


def test_a_killed_controller_goes_on_and_replicas_go_when_the_load_does_without_a_failed_request(scaled) -> None:
    for container in scaled.containers("controller"):
        scaled.docker.containers.get(container).kill()

    result = gets_while(scaled.port, lambda: wait_for(scaled, 2, 240), rate=60, at_least_seconds=15)

    assert result.failed == 0, "a replica drains before it goes"
