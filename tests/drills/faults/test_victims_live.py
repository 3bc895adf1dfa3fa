"""Members are read from the daemons' labels."""

import time
from collections.abc import Iterator
from uuid import uuid4

import docker
import pytest

from archkit.drills.faults import Host
from archkit.drills.victims import Victim, populate, select

pytestmark = pytest.mark.live


@pytest.fixture
def stack(client: docker.DockerClient) -> Iterator[str]:
    """Two containers and a sidecar of one stack, and one of another."""
    name = f"faultstest-{uuid4().hex[:6]}"
    network = client.networks.create(name)
    made = []
    try:
        for stack, component, role, part in (
            (name, "web", "replica", "web.1"),
            (name, "web", "replica", "web.2"),
            (name, "edge", "load-balancer", "edge.1"),
            (f"{name}-other", "web", "replica", "other.1"),
        ):
            labels = {"archkit.stack": stack, "archkit.component": component, "archkit.role": role}
            options = {"detach": True, "network": name, "labels": labels, "init": True}
            made.append(
                client.containers.create("archkit-faults-test", ["sleep", "300"], name=f"{name}-{part}", **options)
            )
            made[-1].start()
        yield name
    finally:
        for one in made:
            one.remove(force=True)
        network.remove()


def test_only_what_runs_of_the_stack_is_found_with_its_role_and_address(stack: str) -> None:
    population = populate(stack, [Host()])

    assert [(one.component, one.role) for one in population.members] == [
        ("edge", "load-balancer"),
        ("web", "replica"),
        ("web", "replica"),
    ]
    assert all(one.addresses and one.image == "archkit-faults-test" for one in population.members)
    assert population.components == {"edge": frozenset({"load-balancer"}), "web": frozenset({"replica"})}
    chosen = select(Victim.parse("one replica of web"), population, seed=int(time.time()))
    assert chosen.members[0].name in {f"{stack}-web.1", f"{stack}-web.2"}


def test_a_daemon_that_is_silent_is_named_and_the_others_are_asked_on(stack: str) -> None:
    population = populate(stack, [Host(name="b", docker_host="unix:///nowhere/docker.sock"), Host()])
    assert len(population.members) == 3
    assert [one.partition(":")[0] for one in population.silent] == ["b"]
