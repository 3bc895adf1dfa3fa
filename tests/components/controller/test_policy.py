"""The arithmetic of scaling, by properties: it is what the controller, the simulator and the promises rest on."""

import itertools
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.controller.agent.policy import Decision, Observation, Policy, Reading, Schedule, Tracker

TARGET = 100.0
PERIOD = 5.0


def policy(**values: object) -> Policy:
    given_: dict[str, object] = {
        "minimum": 2,
        "maximum": 10,
        "requests_per_replica_per_minute": TARGET,
        "scale_in_after_seconds": 60,
    }
    return Policy(**{**given_, **values})  # type: ignore[arg-type]


def run(tracker: Tracker, loads: list[float], replicas: int = 2, begin: float = 0.0) -> list[Decision]:
    """Follows a load, in requests a minute; each decision takes effect at once."""
    decisions: list[Decision] = []
    for place, load in enumerate(loads):
        seen = Observation(
            at=begin + place * PERIOD,
            replicas=replicas,
            serving=replicas,
            readings={"requests": Reading(value=load / replicas)},
        )
        decisions.append(tracker.decide(seen))
        replicas = decisions[-1].replicas
    return decisions


@given(st.lists(st.floats(0, 5_000), min_size=1, max_size=120), st.integers(0, 15))
def test_it_never_leaves_the_range(loads: list[float], replicas: int) -> None:
    assert all(2 <= one.replicas <= 10 for one in run(Tracker(policy()), loads, replicas or 1))


@given(st.floats(0, 2_000), st.floats(0, 2_000), st.integers(2, 10))
def test_more_load_never_asks_for_fewer(one: float, other: float, replicas: int) -> None:
    low, high = sorted((one, other))

    assert run(Tracker(policy()), [low], replicas)[0].replicas <= run(Tracker(policy()), [high], replicas)[0].replicas


@settings(deadline=None)  # a busy machine is no wrong answer
@given(
    st.floats(150, 900),
    st.lists(st.floats(0.91, 1.09), min_size=120, max_size=120),  # 10 minutes of noise, +-9 %
)
def test_noise_makes_it_move_one_way_only(level: float, noise: list[float]) -> None:
    counts = [
        one.replicas for one in run(Tracker(policy()), [level * factor for factor in noise], ceil(level / TARGET))
    ]
    turns = {"up" if after > before else "down" for before, after in itertools.pairwise(counts) if after != before}

    assert len(turns) <= 1, f"flapped: {counts}"


def test_a_step_is_answered_at_once_and_in_proportion() -> None:
    (decision,) = run(Tracker(policy()), [790.0], replicas=3)

    assert decision.event == "scale out"
    assert decision.replicas == 8


def test_replicas_go_slowly_after_fewer_were_enough_for_long() -> None:
    decisions = run(Tracker(policy()), [100.0] * 60, replicas=8)

    first = next(place for place, one in enumerate(decisions) if one.event == "scale in")
    assert first * PERIOD == 60, "the policy's time"
    assert decisions[first].replicas == 6, "a quarter at most"
    second = next(place for place, one in enumerate(decisions) if one.event == "scale in" and place > first)
    assert (second - first) * PERIOD >= 30
    assert decisions[-1].replicas == 2


def test_what_scales_out_alone_is_never_taken_back() -> None:
    assert run(Tracker(policy(scale_in=False)), [10.0] * 60, replicas=8)[-1].replicas == 8


@pytest.mark.parametrize(
    ("reading", "event"),
    [
        (Reading(value=None, reason="0 of 1 load balancers tell"), "blind"),
        (Reading(value=10.0, partial=True, reason="1 of 3 load balancers tell"), "hold"),
    ],
)
def test_on_missing_metrics_nothing_is_removed_and_it_says_what_is_missing(reading: Reading, event: str) -> None:
    tracker = Tracker(policy())
    seen = [Observation(at=at, replicas=8, serving=8, readings={"requests": reading}) for at in range(0, 600, 5)]
    decisions = [tracker.decide(one) for one in seen]

    assert {one.event for one in decisions} == {event}
    assert {one.replicas for one in decisions} == {8}
    assert "load balancers tell" in decisions[-1].reason


def test_a_part_of_the_load_that_is_known_to_be_too_much_is_enough_to_scale_out() -> None:
    reading = Reading(value=300.0, partial=True, reason="1 of 3 load balancers tell")
    decision = Tracker(policy()).decide(Observation(at=0, replicas=2, serving=2, readings={"requests": reading}))

    assert (decision.event, decision.replicas) == ("scale out", 6)


def test_replicas_that_do_not_serve_yet_are_not_asked_for_twice() -> None:
    seen = Observation(at=0, replicas=4, serving=2, readings={"requests": Reading(value=200.0)})

    assert Tracker(policy()).decide(seen).replicas == 4


def test_nothing_is_removed_while_a_replica_warms_up() -> None:
    tracker = Tracker(policy())
    for at in range(0, 600, 5):
        seen = Observation(at=at, replicas=8, serving=8, warming=1, readings={"requests": Reading(value=10.0)})
        assert tracker.decide(seen).replicas == 8


def test_another_range_is_kept_at_once_and_without_metrics() -> None:
    assert Tracker(policy(minimum=5)).decide(Observation(at=0, replicas=2, serving=2)).replicas == 5
    assert Tracker(policy(maximum=4)).decide(Observation(at=0, replicas=9, serving=9)).replicas == 4


def test_the_last_schedule_that_began_sets_the_minimum() -> None:
    schedules = (
        Schedule(name="day", schedule="0 7 * * *", minimum=6),
        Schedule(name="night", schedule="0 20 * * *", minimum=2),
    )
    tracker = Tracker(policy(schedules=schedules))

    def minimum_at(hour: float) -> int:
        return tracker.decide(Observation(at=hour * 3600, replicas=1, serving=1)).replicas

    assert [minimum_at(24 + hour) for hour in (6.99, 7.0, 19.99, 20.0, 30.0)] == [2, 6, 6, 2, 2]


def test_a_policy_survives_its_way_through_a_label() -> None:
    one = policy(cpu_percent=60, schedules=(Schedule(name="day", schedule="0 7 * * *", minimum=6),))

    assert Policy.read(one.document()) == one
