"""Bad deploys and dependencies that are gone: what Swarm does with them, and the way back."""

from typing import Any

import pytest

from archkit.drills.faults import BadDeploy, DependencyGone, Host
from archkit.drills.faults.swarm import LABEL, change, specification
from archkit.drills.injection import injected
from archkit.drills.journal import Journal

pytestmark = pytest.mark.live


def template(host: Host, service: str) -> dict[str, Any]:
    """What decides how tasks run, without the counter that any update raises."""
    spec = specification(host, service)
    assert spec is not None
    assert LABEL not in (spec.get("Labels") or {}), "a label that stays says that a fault is still there"
    found = dict(spec["TaskTemplate"])
    found["Placement"] = {
        **found.get("Placement", {}),
        "Constraints": found.get("Placement", {}).get("Constraints") or [],
    }
    return found


@pytest.mark.parametrize("release", ["unhealthy", "no-image"])
def test_a_bad_release_never_gets_healthy_and_the_good_one_comes_back(
    release: str, victims: Any, host: Host, journal: Journal, wait: Any
) -> None:
    service = victims.service(replicas=1)
    before = template(host, service)

    with injected(BadDeploy(host=host, service=service, release=release), journal=journal):

        def failing() -> bool:
            tasks = victims.client.api.tasks(filters={"service": service})
            bad = [one["Status"]["State"] for one in tasks if one["Spec"]["ContainerSpec"] != before["ContainerSpec"]]
            assert "running" not in bad, "a task that is not healthy yet counts as starting"
            # Swarm stops who is unhealthy: `complete` is one that ended well on its stop signal.
            return bool({"failed", "rejected", "complete"} & set(bad))

        wait(failing, 60)
    after = template(host, service)
    assert after["ContainerSpec"] == before["ContainerSpec"]
    wait(lambda: len(victims.tasks(service)) == 1, 60)
    assert not any("no-such-program" in str(host.container(task)) for task in victims.tasks(service)), (
        "what serves again is the good release"
    )


def test_what_others_change_meanwhile_stays(victims: Any, host: Host, journal: Journal) -> None:
    service = victims.service(replicas=1)
    with injected(BadDeploy(host=host, service=service), journal=journal):

        def scale(spec: dict[str, Any]) -> bool:
            spec["Mode"] = {"Replicated": {"Replicas": 2}}
            return True

        change(host, service, scale)
    assert (specification(host, service) or {})["Mode"] == {"Replicated": {"Replicas": 2}}
    template(host, service)


def test_a_dependency_stays_gone_even_if_an_autoscaler_wants_it_back(
    victims: Any, host: Host, journal: Journal, wait: Any
) -> None:
    service = victims.service(replicas=2)
    before = template(host, service)
    with injected(DependencyGone(host=host, service=service), journal=journal):
        wait(lambda: victims.tasks(service) == [], 60)

        def scale(spec: dict[str, Any]) -> bool:
            spec["Mode"] = {"Replicated": {"Replicas": 1}}
            return True

        change(host, service, scale)

        def pending() -> bool:
            tasks = victims.client.api.tasks(filters={"service": service, "desired-state": "running"})
            return any("no suitable node" in one["Status"].get("Err", "") for one in tasks)

        wait(pending, 30)
        assert victims.tasks(service) == []
    after = template(host, service)
    assert after["Placement"] == before["Placement"]
    wait(lambda: len(victims.tasks(service)) == 1, 60)


def test_a_dependency_comes_back_in_the_number_it_had(victims: Any, host: Host, journal: Journal, wait: Any) -> None:
    service = victims.service(replicas=2)
    with injected(DependencyGone(host=host, service=service), journal=journal):
        wait(lambda: victims.tasks(service) == [], 60)
    wait(lambda: len(victims.tasks(service)) == 2, 60)


def test_a_service_that_is_gone_meanwhile_is_healed(victims: Any, host: Host, journal: Journal) -> None:
    service = victims.service(replicas=1)
    with injected(DependencyGone(host=host, service=service), journal=journal):
        host.api.remove_service(service)
    assert journal.entries() == []


def test_what_is_no_service_is_refused(host: Host) -> None:
    assert BadDeploy(host=host, service="faultstest-none").check() == [
        "service faultstest-none: must exist, but Swarm knows no such service"
    ]
