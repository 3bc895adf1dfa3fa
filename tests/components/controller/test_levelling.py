"""Whatever happens while replicas are levelled over zones: nobody is missed, and the count goes back."""

import copy
import json

import pytest

from components.controller.agent.levelling import LEVELLING
from components.controller.agent.policy import Policy, Reading
from components.controller.agent.swarm import SCALING

THREE = {"1": "a", "2": "b", "3": "c"}
LEVELLED = 12  # rounds within which a zone that is back has replicas again and nobody is too many
POLICY = Policy(minimum=3, maximum=7, requests_per_replica_per_minute=100, scale_in_after_seconds=10, warm_up_seconds=0)


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Requests a minute that all replicas get together."""
    given = {"requests": 600.0}
    monkeypatch.setattr(
        "components.controller.agent.metrics.Requests.reading",
        lambda _, service: Reading(value=given["requests"] / len(service.running)),
    )
    return given


def scaled(stack, **values):
    """The same, of a service that is scaled."""
    policy = json.dumps(Policy(**{**POLICY.document(), **values, "schedules": ()}).document())
    stack.swarm.spec["Labels"][SCALING] = policy
    return stack


def level(stack) -> bool:
    counts = stack.swarm.by_zone().values()
    return max(counts) - min(counts) <= 1 and LEVELLING not in stack.swarm.spec["Labels"]


def raised(stack) -> bool:
    return LEVELLING in stack.swarm.spec["Labels"]


def begun(controlled, on: str = "112212", **more):
    """A stack that has just been raised, and nothing of what was added runs yet."""
    stack = controlled(THREE, on, **more)
    stack.swarm.broken = set(THREE)
    assert stack.rounds(10, lambda: raised(stack)) < 10
    return stack


def heal(stack) -> None:
    stack.swarm.broken = set()
    stack.swarm.settle()


def events(capsys) -> list[str]:
    return [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()]


def test_another_controller_finishes_what_one_began(controlled) -> None:
    stack = begun(controlled)
    stack.restart()
    heal(stack)
    stack.rounds(1)

    assert level(stack)
    assert (stack.swarm.count, stack.swarm.changes) == (6, 2)


def test_a_controller_that_no_longer_leads_leaves_it_to_the_other(controlled) -> None:
    stack = begun(controlled)
    heal(stack)
    stack.swarm.leading = False
    stack.rounds(3)
    assert stack.swarm.changes == 1
    stack.swarm.leading = True
    stack.rounds(1)
    assert level(stack)


def test_a_zone_that_dies_again_meanwhile_takes_nobody_along(controlled) -> None:
    stack = begun(controlled)
    stack.swarm.lose("3")
    heal(stack)
    stack.rounds(6)

    assert stack.swarm.by_zone() == {"a": 3, "b": 3, "c": 0}
    assert (stack.swarm.count, raised(stack)) == (6, False)
    stack.swarm.down = set()
    stack.rounds(LEVELLED)
    assert stack.swarm.by_zone() == {"a": 2, "b": 2, "c": 2}


def test_while_what_was_added_does_not_run_where_it_stands_nothing_is_taken(controlled, capsys) -> None:
    stack = controlled(THREE, "112212", broken={"3"})
    stack.rounds(200)

    assert stack.swarm.fewest == 6, "going back would take those that run, of which there are more on each node"
    assert events(capsys).count("levelling waits") == 1
    stack.swarm.broken = set()
    stack.rounds(2)
    assert level(stack)


def test_what_finds_no_node_goes_again_after_a_minute(controlled) -> None:
    stack = begun(controlled, full={"1", "2", "3"})
    stack.swarm.broken = set()
    stack.rounds(11)
    assert raised(stack)
    stack.rounds(3)

    assert not raised(stack)
    assert (stack.swarm.count, stack.swarm.fewest) == (6, 6)


def test_a_deployment_that_sets_the_count_ends_it(controlled) -> None:
    """Of a service without a policy: the program's count, and none of the label."""
    stack = begun(controlled)
    spec = copy.deepcopy(stack.swarm.spec)
    del spec["Labels"][LEVELLING]
    spec["Mode"]["Replicated"]["Replicas"] = 8
    stack.swarm.change(spec)
    heal(stack)
    stack.rounds(30)

    assert stack.swarm.count == 8, "it was deployed with as many as it had been raised to"


def test_a_deployment_that_keeps_the_count_does_not_leave_it_raised(controlled, load) -> None:
    """Of a service that is scaled, also where no load would have it scaled in."""
    stack = scaled(begun(controlled), scale_in=False)
    spec = copy.deepcopy(stack.swarm.spec)
    del spec["Labels"][LEVELLING]
    stack.swarm.change(spec)
    stack.rounds(1)
    assert raised(stack), "put back first: going back may have to wait"
    heal(stack)
    stack.rounds(LEVELLED)

    assert (stack.swarm.count, raised(stack)) == (6, False)


def test_a_deployment_that_is_rolled_back_does_not_leave_it_raised(controlled) -> None:
    stack = begun(controlled)
    before = copy.deepcopy(stack.swarm.spec)
    stack.swarm.change({**before, "Labels": {}, "Mode": {"Replicated": {"Replicas": 6}}})
    stack.swarm.change(before)
    stack.swarm.service["UpdateStatus"] = {"State": "rollback_started"}
    heal(stack)
    changes = stack.swarm.changes
    stack.rounds(3)
    assert stack.swarm.changes == changes, "not while it is rolled back"
    stack.swarm.service["UpdateStatus"] = {"State": "rollback_completed"}
    stack.rounds(LEVELLED)

    assert (stack.swarm.count, raised(stack)) == (6, False)


@pytest.mark.parametrize("count", [7, 12])
def test_a_count_that_somebody_sets_meanwhile_stays(count: int, controlled, capsys) -> None:
    stack = begun(controlled)
    spec = copy.deepcopy(stack.swarm.spec)
    spec["Mode"]["Replicated"]["Replicas"] = count
    stack.swarm.change(spec)
    heal(stack)
    stack.rounds(2)

    assert (stack.swarm.count, raised(stack)) == (count, False)
    assert events(capsys)[-1] == "left alone"


@pytest.mark.parametrize("said", ["", "two", "[]", '{"extra": 2}', '{"extra": 6, "raised": 6, "since": 0}'])
def test_a_label_that_nobody_can_read_is_taken_away(said: str, controlled) -> None:
    stack = controlled(THREE, "112233")
    stack.swarm.spec["Labels"][LEVELLING] = said
    stack.rounds(2)

    assert (stack.swarm.count, raised(stack)) == (6, False)


def test_a_change_by_another_in_between_is_looked_at_anew(controlled, monkeypatch) -> None:
    stack = controlled(THREE, "112212")
    stack.rounds(1)
    seen = stack.controller._swarm.view()
    spec = copy.deepcopy(stack.swarm.spec)
    spec["Mode"]["Replicated"]["Replicas"] = 9
    stack.swarm.change(spec)
    monkeypatch.setattr(stack.controller._swarm, "view", lambda: seen)
    stack.round()

    assert (stack.swarm.count, raised(stack)) == (9, False)


def test_a_service_is_not_scaled_while_it_is_levelled_and_its_raised_count_is_nobodys(controlled, load, capsys) -> None:
    stack = scaled(begun(controlled))
    load["requests"] = 900
    heal(stack)
    stack.round()
    assert (stack.swarm.count, raised(stack)) == (6, False), "8 are more than the maximum, and nobody minds"
    assert "scale out" not in events(capsys)
    stack.rounds(1)
    assert stack.swarm.count == 7, "then at once"


def test_demand_comes_first_and_goes_where_the_fewest_are(controlled, load) -> None:
    stack = scaled(controlled(THREE, "112212"))
    stack.rounds(1)
    load["requests"] = 680
    stack.rounds(LEVELLED)

    assert stack.swarm.by_zone() == {"a": 3, "b": 3, "c": 1}
    assert stack.swarm.changes == 1


def test_a_service_whose_added_replicas_do_not_come_to_run_is_scaled_again_after_a_minute(controlled, load) -> None:
    stack = scaled(controlled(THREE, "112212", broken={"3"}), maximum=9)
    stack.rounds(6)
    load["requests"] = 880
    stack.rounds(3)
    assert stack.swarm.count == 8, "not while it may still come"
    stack.rounds(9)
    assert (stack.swarm.count, raised(stack)) == (11, True), "nine are wanted, and two more level the zones"
    stack.swarm.broken = set()
    stack.rounds(3)

    assert (stack.swarm.by_zone(), raised(stack)) == ({"a": 3, "b": 3, "c": 3}, False)


def test_scaling_that_sees_another_count_than_the_swarm_has_by_now_leaves_it_alone(controlled, load) -> None:
    stack = scaled(controlled(THREE, "112233"))
    seen = stack.controller._swarm.view()
    spec = copy.deepcopy(stack.swarm.spec)
    spec["Mode"]["Replicated"]["Replicas"] = 5
    stack.swarm.change(spec)
    load["requests"] = 900
    stack.controller._scaling.round(seen, stack.swarm.now)

    assert stack.swarm.count == 5


def test_a_service_gets_one_decision_in_a_round(controlled, load) -> None:
    stack = scaled(controlled({"1": "a", "2": "a", "3": "b", "4": "c"}, "123"))
    load["requests"] = 300
    stack.rounds(1)
    load["requests"] = 500
    stack.rounds(1)

    assert (stack.swarm.count, stack.swarm.changes) == (5, 1), "to place all anew is due, too"
