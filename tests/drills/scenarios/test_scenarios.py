"""Which scenarios there are, which fit what is deployed, and how others add theirs."""

from importlib.metadata import EntryPoint

import pytest

from archkit.drills import scenarios as package
from archkit.drills.scenarios import fitting, requirements, scenarios
from archkit.drills.scenarios.replica_killed import ReplicaKilled
from archkit.errors import UserError
from components.objectives import Objectives


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements.os, "geteuid", lambda: 0)


class Mine(ReplicaKilled):
    """A scenario of another package."""

    name = "mine"


class NoScenario:
    """Something else."""


def add(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    point = EntryPoint(name="theirs", value=f"{__name__}:{value}", group=package.ENTRY_POINT)
    monkeypatch.setattr(EntryPoint, "load", lambda self: globals()[value])
    monkeypatch.setattr(package, "entry_points", lambda group: [point] if group == package.ENTRY_POINT else [])


def test_every_scenario_tells_a_student_what_why_and_which_setting() -> None:
    for one in scenarios().values():
        assert one.title
        assert one.reason
        assert one.setting, f"{one.name} must say what decides it"


def test_of_the_web_design_on_one_machine_these_fit(web, root) -> None:
    assert list(fitting(web)) == [
        "replica-killed",
        "replica-stopped",
        "replica-frozen",
        "replica-cut-off",
        "load-balancer-killed",
        "rolling-update",
        "bad-deploy",
    ]


def test_what_does_not_fit_says_what_is_missing(web, support, monkeypatch) -> None:
    monkeypatch.setattr(requirements.os, "geteuid", lambda: 1000)
    known = scenarios()

    assert "needs root" in (known["replica-cut-off"].needs(web) or "")
    assert "needs three zones: `archkit lab up`" in (known["zone-killed"].needs(web) or "")
    assert "needs three zones" in (known["scheduler-gone"].needs(web) or ""), "never this machine's own daemon"
    assert "needs a controller" in (known["controller-gone"].needs(web) or "")
    web.run(support.member(1, "edge"))
    assert known["replica-killed"].needs(web) == "needs 1 replicas of web, 0 run"


def test_a_drill_on_a_part_is_held_to_that_parts_objectives_and_else_to_the_designs(web) -> None:
    known = scenarios()

    assert web.promised(known["load-balancer-killed"].harms(web)) == Objectives(recovery_time_seconds=8)
    assert web.promised(known["replica-killed"].harms(web)) == web.objectives
    assert web.promised(known["zone-killed"].harms(web)) == web.objectives


def test_another_package_adds_a_scenario_by_an_entry_point(monkeypatch) -> None:
    add(monkeypatch, "Mine")

    assert list(scenarios())[-1] == "mine"


def test_an_entry_point_that_is_no_scenario_is_told(monkeypatch) -> None:
    add(monkeypatch, "NoScenario")
    with pytest.raises(UserError, match="must be a class of archkit"):
        scenarios()


def test_so_is_one_that_takes_a_name_that_is_there(monkeypatch) -> None:
    monkeypatch.setattr(Mine, "name", "replica-killed")
    add(monkeypatch, "Mine")
    with pytest.raises(UserError, match="must have a name of its own, got 'replica-killed', which is taken"):
        scenarios()
