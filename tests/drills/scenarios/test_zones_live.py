"""Every drill of zones, in three real ones; and the same design without its protection, where each must fail."""

import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from archkit.bench.zones import complete, temporary_in_zones, three_zones
from archkit.drills.deployed import Deployed
from archkit.drills.observe import incomplete
from archkit.drills.report import Report
from archkit.drills.runner import Options, held, run_scenario
from archkit.drills.scenarios import scenarios
from archkit.errors import UserError
from archkit.stack.docker import services
from archkit.stack.project import Project

pytestmark = [pytest.mark.lab, pytest.mark.timeout(400)]
CHECKOUT = Project(root=Path(__file__).parents[3])
SMALL_MACHINE = Options(rate=200, patience=3)
FAST = (
    "web.service.drain_seconds=4",
    "web.service.health.start_seconds=20",
    "web.service.capacity.minimum=3",
    "web.service.capacity.maximum=3",
)
SETTLE_SECONDS = 90
UNPROTECTED = ("zone-killed", "leader-zone-killed", "zone-cut-off", "scheduler-gone")


@pytest.fixture(scope="module")
def zones(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Three zones; journals and locks of their own."""
    with pytest.MonkeyPatch.context() as patch, three_zones():
        for module in {one.__module__ for one in scenarios().values()}:
            patch.setattr(f"{module}.STEADY_SECONDS", 1.5, raising=False)
            patch.setattr(f"{module}.AFTER_SECONDS", 2.0, raising=False)
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="module")
def stack(zones: None, request: pytest.FixtureRequest) -> Generator[Deployed]:
    """With its protection or without; one after the other, since three daemons share the machine already."""
    values = FAST if request.param == "protected" else ("local.protection=false", *FAST)
    with temporary_in_zones(CHECKOUT, "zonetest", *values) as deployment:
        yield complete(CHECKOUT, deployment.name)


protected = pytest.mark.parametrize("stack", ["protected"], indirect=True)
unprotected = pytest.mark.parametrize("stack", ["unprotected"], indirect=True)


def drilled(stack: Deployed, name: str, folder: Path, options: Options = SMALL_MACHINE) -> Report:
    with held(stack.stack, doing=f"test {name}"):
        return run_scenario(scenarios()[name], stack, options, folder=folder)


def put_right(stack: Deployed) -> None:
    """What the drill before broke and nobody replaces, without protection: every service is placed anew."""
    daemon = stack.manager.client
    for service in services(daemon, stack.stack):
        service.force_update()
    until = time.monotonic() + SETTLE_SECONDS
    while missing := incomplete(stack):
        assert time.monotonic() < until, f"not whole again within {SETTLE_SECONDS} s: {'; '.join(missing)}"
        time.sleep(0.5)


def drilled_once_served(stack: Deployed, name: str, folder: Path) -> Report:
    """Without health checks nobody says when the replicas that were just placed answer, but the drill's clients."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            return drilled(stack, name, folder, replace(SMALL_MACHINE, patience=0.3))
        except UserError as error:
            if "drill/steady state" not in str(error) or time.monotonic() > until:
                raise


def told(report: Report) -> str:
    (run,) = report.runs
    return "\n".join(f"{event.at:7.2f} {event.source}: {event.text}" for event in run.events)


@protected
@pytest.mark.parametrize("name", ["zone-killed", "leader-zone-killed", "zone-cut-off", "load-balancer-killed"])
def test_no_get_at_the_other_zones_fails_and_all_is_well_again_when(name: str, stack: Deployed, tmp_path: Path) -> None:
    report = drilled(stack, name, tmp_path)

    (run,) = report.runs
    assert run.measures.sent > 1000, "too few requests would prove nothing"
    assert run.measures.failed == 0, told(report)
    assert run.expectations == (), told(report)


@protected
def test_while_no_daemon_runs_no_request_fails(stack: Deployed, tmp_path: Path) -> None:
    report = drilled(stack, "scheduler-gone", tmp_path)

    (run,) = report.runs
    assert not [one for one in run.expectations if "no request failed" in one], told(report)


@protected
def test_controllers_that_are_killed_are_replaced_and_nobody_notices(stack: Deployed, tmp_path: Path) -> None:
    report = drilled(stack, "controller-gone", tmp_path)

    (run,) = report.runs
    assert run.measures.failed == 0, told(report)
    assert run.expectations == (), told(report)


@unprotected
@pytest.mark.parametrize("name", UNPROTECTED)
def test_without_protection_clients_of_the_other_zones_see_it_when(name: str, stack: Deployed, tmp_path: Path) -> None:
    put_right(stack)
    report = drilled_once_served(stack, name, tmp_path)

    (run,) = report.runs
    before = run.measures.failed_before_fault  # nothing is tried again here: one may fail by itself
    assert before <= 1, "the steady state did not hold"
    wrong = f"a drill that passes here would pass anywhere; what happened:\n{told(report)}"
    assert run.measures.failed > 10 * before, wrong
    assert not report.passed


@unprotected
def test_controllers_that_nobody_replaces_are_missed(stack: Deployed, tmp_path: Path) -> None:
    put_right(stack)
    report = drilled_once_served(stack, "controller-gone", tmp_path)

    (run,) = report.runs
    assert any("of controller are healthy again" in line for line in run.expectations), told(report)
    assert not report.passed
