"""Every drill of the web design on Docker, once; and the same design without its protection, where each must fail."""

import time
import warnings
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from archkit.bench.deployment import temporary
from archkit.drills.deployed import Deployed, deployed
from archkit.drills.report import Report
from archkit.drills.runner import Options, held, run_scenario
from archkit.drills.scenarios import scenarios
from archkit.stack.project import Project

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]
CHECKOUT = Project(root=Path(__file__).parents[3])
SETTLE_SECONDS, SERVED = 60, 60
SMALL_MACHINE = Options(rate=200, patience=3)
FAST = ("web.service.drain_seconds=4", "web.service.health.start_seconds=20", "web.service.capacity.maximum=3")
# With the patience of each: what nobody mends is not waited for, an update has time to come to its first replica.
UNPROTECTED = {
    "replica-frozen": 0.1,
    "replica-cut-off": 0.1,
    "replica-killed": 0.3,
    "replica-stopped": 0.3,
    "rolling-update": 0.3,
    "bad-deploy": 0.2,
}
REPLICAS = ("replica-killed", "replica-stopped", "replica-frozen", "replica-cut-off", "rolling-update", "bad-deploy")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Journals and locks of their own."""
    with pytest.MonkeyPatch.context() as patch:
        of_web = "archkit.drills.scenarios"  # those of other capabilities stand in packages of their own
        for module in {one.__module__ for one in scenarios().values() if one.__module__.rpartition(".")[0] == of_web}:
            # Shorter before and after the fault: thirteen drills of a few seconds each.
            patch.setattr(f"{module}.STEADY_SECONDS", 1.5)
            patch.setattr(f"{module}.AFTER_SECONDS", 2.0)
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="module")
def web(state: None) -> Generator[Deployed]:
    with temporary(CHECKOUT, "drilltest", *FAST) as deployment:
        deployment.up()
        deployment.wait_for_answer()
        yield deployed(CHECKOUT, deployment.name)


@pytest.fixture(scope="module")
def unprotected(state: None) -> Generator[Deployed]:
    with temporary(CHECKOUT, "drilltest", "local.protection=false", *FAST) as deployment:
        deployment.up()
        deployment.wait_for_answer()
        yield deployed(CHECKOUT, deployment.name)


def served_again(stack: Deployed) -> None:
    """Waits until clients are served: what the drill before broke stays broken for a while, without protection."""
    url = "http://{}:{}/".format(*stack.addresses[0])
    until = time.monotonic() + SETTLE_SECONDS
    good = 0
    while good < SERVED:
        assert time.monotonic() < until, f"{url}: not {SERVED} good answers in a row within {SETTLE_SECONDS} s"
        try:
            good = good + 1 if httpx.get(url, timeout=1).is_success else 0
        except httpx.TransportError:
            good = 0


def drilled(stack: Deployed, name: str, folder: Path, options: Options = SMALL_MACHINE) -> Report:
    with held(stack.stack, doing=f"test {name}"):
        return run_scenario(scenarios()[name], stack, options, folder=folder)


def kept_its_promise(report: Report) -> None:
    """A generator that did not keep up says nothing of latencies; failures and deadlines count all the same."""
    (run,) = report.runs
    assert run.measures.failed_before_fault == 0, "the steady state did not hold"
    assert run.expectations == (), run.expectations
    if run.pace.kept_up:
        assert report.passed, [verdict for verdict in report.verdicts if verdict.met is False]
    else:
        warnings.warn(f"{report.scenario}: {run.measures.problem}", stacklevel=2)
        unmeasured = {"latency_p99_milliseconds"}
        assert all(one.met is not False for one in report.verdicts if one.objective not in unmeasured)


@pytest.mark.parametrize("name", REPLICAS)
def test_no_get_fails_and_all_is_well_again_when(name: str, web: Deployed, tmp_path: Path) -> None:
    report = drilled(web, name, tmp_path)

    assert report.runs[0].measures.sent > 1000, "too few requests would prove nothing"
    assert report.runs[0].measures.failed == 0
    kept_its_promise(report)


def test_the_only_load_balancer_is_back_in_time_and_its_view_is_in_the_report(web: Deployed, tmp_path: Path) -> None:
    report = drilled(web, "load-balancer-killed", tmp_path)

    kept_its_promise(report)
    assert report.runs[0].measures.failed > 0, "clients with one address cannot be served meanwhile"
    told = [event.text for event in report.runs[0].events if event.source == "load balancer"]
    assert told[:2] == ["its statistics cannot be read", "its statistics are read again"]


@pytest.mark.parametrize("name", UNPROTECTED)
def test_without_protection_clients_see_it_when(name: str, unprotected: Deployed, tmp_path: Path) -> None:
    served_again(unprotected)
    report = drilled(unprotected, name, tmp_path, replace(SMALL_MACHINE, patience=UNPROTECTED[name]))

    (run,) = report.runs
    told = "\n".join(f"{event.at:7.2f} {event.source}: {event.text}" for event in run.events)
    assert run.measures.failed > 0, f"a drill that passes here would pass anywhere; what happened:\n{told}"
    assert not report.passed


def test_a_load_balancer_that_nobody_replaces_misses_its_objective(unprotected: Deployed, tmp_path: Path) -> None:
    report = drilled(unprotected, "load-balancer-killed", tmp_path, replace(SMALL_MACHINE, patience=0.2))

    missed = {verdict.objective for verdict in report.verdicts if verdict.met is False}
    assert missed == {"recovery_time_seconds"}
    assert report.runs[0].measures.gap.open, "nobody answered any more"
