"""When replicas are levelled over zones, and whatever happens meanwhile: what the swarm has in the end."""

import copy
import json

import pytest

from components.controller.agent.levelling import LEVELLING

THREE = {"1": "a", "2": "b", "3": "c"}
LEVELLED = 12  # rounds within which a zone that is back has replicas again and nobody is too many


def level(stack) -> bool:
    counts = stack.swarm.by_zone().values()
    return max(counts) - min(counts) <= 1 and LEVELLING not in stack.swarm.spec["Labels"]


def raised(stack) -> bool:
    return LEVELLING in stack.swarm.spec["Labels"]


def events(capsys) -> list[str]:
    return [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()]


def test_a_zone_that_came_back_gets_its_share_by_two_more_and_two_fewer(controlled, capsys) -> None:
    stack = controlled(THREE, "112212")
    before, stayed = copy.deepcopy(stack.swarm.spec), {one.id for one in stack.swarm.replicas}
    stack.rounds(LEVELLED)

    assert stack.swarm.by_zone() == {"a": 2, "b": 2, "c": 2}
    assert len(stayed & {one.id for one in stack.swarm.replicas}) == 4, "those that are well placed are left alone"
    assert (stack.swarm.fewest, stack.swarm.most, stack.swarm.changes) == (6, 8, 2)
    assert stack.swarm.spec == before, "nothing that a preview could report"
    assert [one for one in events(capsys) if "level" in one] == ["levelling", "levelled"]


def test_it_waits_until_a_zone_was_there_at_two_looks(controlled) -> None:
    stack = controlled(THREE, "112212")
    stack.rounds(1)
    assert stack.swarm.changes == 0
    stack.rounds(1)
    assert stack.swarm.changes == 1


@pytest.mark.parametrize("on", ["112213", "11123", "12", "1"])
def test_nothing_is_moved_where_every_zone_has_one_or_replicas_are_too_few(on: str, controlled) -> None:
    zones = {"1": "a", "2": "b"} if len(on) <= 2 else THREE
    stack = controlled(zones, on)
    stack.rounds(30)

    assert stack.swarm.changes == 0


def test_nothing_is_moved_while_a_zone_is_gone_or_replicas_are_missing_or_a_deployment_runs(controlled, capsys) -> None:
    gone = controlled(THREE, "112212", down={"3"})
    missing = controlled(THREE, "112212")
    missing.swarm.replicas[0].running, missing.swarm.broken = False, {"1"}
    stopped = controlled(THREE, "112212")
    stopped.swarm.service["UpdateStatus"] = {"State": "paused"}
    for stack in (gone, missing, stopped):
        stack.rounds(30)
        assert stack.swarm.changes == 0
    assert set(events(capsys)) == {"in charge", "docker answers"}


def test_after_another_change_it_waits_whoever_leads(controlled) -> None:
    stack = controlled(THREE, "112212")
    stack.swarm._touch(stack.swarm.now)
    stack.restart()
    assert stack.rounds(10, lambda: stack.swarm.changes) == 4, "three looks are 10 s after it"


@pytest.mark.parametrize(
    ("constraint", "moved"),
    [
        ("node.labels.archkit.zone==a", False),
        ("node.labels.archkit.zone != C", False),
        ("node.hostname==host-1", False),
        ("node.platform.arch==x86_64", True),
        ("node.role!=worker", True),
        ("engine.labels.disk!=slow", True),
    ],
)
def test_zones_that_a_service_may_not_stand_in_do_not_count(constraint: str, moved: bool, controlled) -> None:
    on = "112212" if "!=" in constraint else "111"
    stack = controlled(THREE, on)
    stack.swarm.spec["TaskTemplate"]["Placement"]["Constraints"] = [constraint]
    stack.rounds(30)

    assert bool(stack.swarm.changes) is moved


@pytest.mark.parametrize("told", ["", "spread=node.labels.archkit.zone"])
def test_a_service_that_the_swarm_does_not_spread_over_zones_is_left_alone(told: str, controlled) -> None:
    stack = controlled(THREE, "112212")
    preferences = [{"Spread": {"SpreadDescriptor": told}}]
    stack.swarm.spec["TaskTemplate"]["Placement"] = {"Preferences": preferences} if told else None
    stack.rounds(30)

    assert stack.swarm.changes == 0


def test_a_zone_without_room_is_tried_ever_more_seldom_and_costs_nobody(controlled, capsys) -> None:
    stack = controlled(THREE, "112212", full={"3"})
    stack.rounds(12 * 60)

    tries = events(capsys).count("levelling")
    assert 5 <= tries <= 10, "an hour: 15 s, 30 s, 1 min, ..."
    assert stack.swarm.fewest == 6
    assert not raised(stack)


def test_a_zone_that_gets_room_after_tries_gets_its_share(controlled) -> None:
    stack = controlled(THREE, "112212", full={"3"})
    stack.rounds(60)
    stack.swarm.full = set()
    stack.rounds(100, lambda: level(stack))

    assert stack.swarm.by_zone() == {"a": 2, "b": 2, "c": 2}


def test_other_nodes_are_tried_at_once_whatever_did_not_help_before(controlled) -> None:
    stack = controlled(THREE, "112212", full={"3"})
    stack.rounds(12 * 60)
    stack.swarm.zones["4"] = "c"
    stack.rounds(LEVELLED)

    assert stack.swarm.by_zone() == {"a": 2, "b": 2, "c": 2}


def test_a_zone_that_comes_and_goes_is_levelled_each_time_as_quickly(controlled) -> None:
    stack = controlled(THREE, "112233")
    for _ in range(6):
        stack.swarm.lose("3")
        stack.rounds(3)
        assert stack.swarm.by_zone() == {"a": 3, "b": 3, "c": 0}
        stack.swarm.down = set()
        stack.rounds(LEVELLED)
        assert stack.swarm.by_zone() == {"a": 2, "b": 2, "c": 2}
