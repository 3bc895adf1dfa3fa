"""The simulator: the controller's policy on a load curve."""

from dataclasses import replace

import pytest

from archkit.errors import UserError
from archkit.simulate.curve import read_curve
from archkit.simulate.picture import render_svg
from archkit.simulate.scaling import World, simulate
from components.controller.agent.policy import Policy

POLICY = Policy(minimum=3, maximum=12, requests_per_replica_per_minute=6_000, scale_in_after_seconds=120)
WORLD = World(capacity_per_replica=150)


def test_a_step_within_headroom_loses_nothing_and_comes_back_to_the_minimum() -> None:
    done = simulate(POLICY, read_curve("step:1x-2x", 200), WORLD)

    assert done.lost == 0, "3 replicas at 150 requests/s carry 400 until the fourth is there"
    assert (done.changes[0]["from"], done.changes[0]["to"]) == (3, 4)
    assert done.changes[0]["at"] <= 75
    assert done.moments[-1].replicas == 3


def test_what_is_beyond_capacity_is_lost_until_capacity_is_there() -> None:
    done = simulate(POLICY, read_curve("step:1x-5x", 200), WORLD)

    assert done.lost > 0
    assert {one.at for one in done.moments if one.lost} <= set(range(60, 90)), "replicas come within half a minute"
    assert done.document()["most_replicas"] == 10


def test_what_a_replica_is_given_at_once_waits_there_and_is_not_refused() -> None:
    curve = read_curve("step:1x-5x", 200)
    refused = [
        simulate(
            replace(POLICY, maximum=3), curve, replace(WORLD, in_flight_per_replica=room, first_look_seconds=2)
        ).lost
        for room in (0, 50)
    ]

    assert refused[0] - refused[1] == pytest.approx(3 * 50, abs=1), "three replicas have room for 50 each, once"


def test_when_the_controller_looks_decides_how_much_is_lost() -> None:
    early, late = (
        simulate(POLICY, read_curve("step:1x-5x", 200), replace(WORLD, first_look_seconds=first)) for first in (3, 4.5)
    )

    assert (early.changes[0]["at"], late.changes[0]["at"]) == (63.0, 64.5)
    assert (early.changes[0]["to"], late.changes[0]["to"]) == (4, 5), "by then more of the step is in the window"


def test_a_recorded_curve_is_read_from_a_file(tmp_path) -> None:
    file = tmp_path / "monday.csv"
    file.write_text("seconds,requests_per_second\n0,10\n60,20\n120,5\n")

    curve = read_curve(str(file), 1)

    assert [curve.at(second) for second in (0, 59, 60, 119)] == [10, 10, 20, 20]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("time,load\n0,1\n", "must have the columns seconds and requests_per_second, got time, load"),
        ("seconds,requests_per_second\n0,-1\n5,1\n", ":2: requests_per_second must be 0 or more, got -1"),
        ("seconds,requests_per_second\n0,1\n0,2\n", ":3: seconds must be after 0, got 0"),
        ("seconds,requests_per_second\n0,1\nx,2\n", ":3: must be two numbers, got x, 2"),
        ("seconds,requests_per_second\n0,1\n", "must have two points or more"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path, content: str, said: str) -> None:
    file = tmp_path / "curve.csv"
    file.write_text(content)

    with pytest.raises(UserError) as caught:
        read_curve(str(file), 1)

    assert said in str(caught.value)


def test_an_unknown_curve_is_refused() -> None:
    with pytest.raises(UserError, match="there is no such file"):
        read_curve("nowhere.csv", 1)
    with pytest.raises(UserError, match="a step has two factors"):
        read_curve("step:1x", 1)


def test_the_picture_needs_nothing_else_and_says_what_was_lost() -> None:
    drawn = render_svg(simulate(POLICY, read_curve("step:1x-5x", 200), WORLD), "web <local>")

    assert "web &lt;local&gt;" in drawn
    assert "requests refused" in drawn
    assert 'class="lost"' in drawn
    assert "href" not in drawn
    assert "prefers-color-scheme: dark" in drawn, "it is read where the page around it is dark, too"
