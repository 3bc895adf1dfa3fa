"""The drills of the edge on Docker, once; and where what protects is not there, each must fail."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from archkit.bench.deployment import temporary
from archkit.drills.deployed import Deployed, deployed
from archkit.drills.load.http.edge import PAGE, STALE
from archkit.drills.report import Report
from archkit.drills.runner import Options, held, run_scenario
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios.cdn import SCENARIOS, edges
from archkit.drills.scenarios.cdn.location_killed import EdgeLocationKilled
from archkit.drills.scenarios.cdn.origins_gone import OriginsGone
from archkit.drills.victims.select import select
from archkit.drills.victims.selector import one
from archkit.stack.project import Project

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]
CHECKOUT = Project(root=Path(__file__).parents[3])
SMALL_MACHINE = Options(rate=100, patience=3)
SMALL = ("web.service.drain_seconds=4", "web.service.capacity.minimum=1", "web.service.capacity.maximum=1")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Generator[Deployed]:
    with pytest.MonkeyPatch.context() as patch:
        for module in {one.__module__ for one in SCENARIOS}:
            patch.setattr(f"{module}.STEADY_SECONDS", 1.5)
            patch.setattr(f"{module}.PAGE_SECONDS", 3.0, raising=False)  # a busy machine; the bench holds it to 1 s
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        with temporary(CHECKOUT, "edgedrill", *SMALL) as deployment:
            deployment.up()
            deployment.wait_for_answer()
            yield deployed(CHECKOUT, deployment.name)


def drilled(scenario: Scenario, stack: Deployed, folder: Path) -> Report:
    assert scenario.needs(stack) is None
    with held(stack.stack, doing=f"test {scenario.name}"):
        return run_scenario(scenario, stack, SMALL_MACHINE, folder=folder)


def kept_its_promise(report: Report) -> None:
    (run,) = report.runs
    assert run.measures.failed_before_fault == 0, "the steady state did not hold"
    assert run.measures.sent > 300, "too few requests would prove nothing"
    told = "\n".join(f"{event.at:7.2f} {event.source}: {event.text}" for event in run.events)
    assert run.measures.failed == 0, told
    assert run.expectations == (), run.expectations


def test_no_request_fails_when_an_edge_location_is_killed(web: Deployed, tmp_path: Path) -> None:
    kept_its_promise(drilled(EdgeLocationKilled(), web, tmp_path))


def test_a_client_that_knows_the_killed_location_only_does_see_it(web: Deployed, tmp_path: Path) -> None:
    (victim,) = select(one("cdn", role=edges.EDGE_ROLE), web.population).members
    alone = web.edges["ab".index(victim.service[-1])]

    report = drilled(EdgeLocationKilled(), replace(web, edges=(alone,)), tmp_path)

    assert report.runs[0].measures.failed > 0, "a drill that passes here would pass anywhere"
    assert not report.passed


def test_without_any_origin_what_is_kept_is_shown_on_and_the_rest_gets_a_page(web: Deployed, tmp_path: Path) -> None:
    report = drilled(OriginsGone(), web, tmp_path)

    kept_its_promise(report)
    seen = {name for bucket in report.runs[0].series.buckets for name in bucket.replicas}
    assert {STALE, PAGE} <= seen


def test_what_no_behaviour_keeps_is_not_shown_without_its_origin(web: Deployed, tmp_path: Path) -> None:
    report = drilled(OriginsGone(), replace(web, cached_path="/"), tmp_path)

    assert report.runs[0].measures.failed > 0, "a drill that passes here would pass anywhere"
    assert not report.passed
