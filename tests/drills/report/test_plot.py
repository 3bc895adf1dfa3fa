"""Axes, steps and labels of the plots."""

import re

import pytest

from archkit.drills.report.plot import (
    LABEL_WIDTH,
    TICK_WIDTH,
    Line,
    Mark,
    Time,
    linear_ticks,
    lines,
    signed,
    stacked,
    time_ticks,
)


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (500, [0, 100, 200, 300, 400, 500]),
        (7, [0, 2, 4, 6, 8]),
        (0.3, [0, 0.1, 0.2, 0.3]),
        (1033, [0, 250, 500, 750, 1000, 1250]),
    ],
)
def test_an_axis_has_few_round_ticks_and_reaches_the_highest_value(highest: float, ticks: list[float]) -> None:
    assert linear_ticks(highest) == pytest.approx(ticks)


@pytest.mark.parametrize(("first", "last"), [(-12, 28), (0, 0.7), (-300, 4000), (0, 90_000)])
def test_the_time_axis_has_a_tick_at_the_fault_and_not_too_many(first: float, last: float) -> None:
    ticks = time_ticks(first, last)

    assert 0 in ticks
    assert len(ticks) <= 60
    assert all(first <= tick <= last for tick in ticks)


def test_times_are_signed_from_the_fault() -> None:
    assert [signed(at) for at in (-3, 0, 1.5, 0.0001)] == ["\u22123 s", "0", "+1.5 s", "0"]


def test_layers_stand_on_each_other() -> None:
    time = Time(first=0, last=2)
    svg = stacked(
        time,
        [Line(name="a", css="a", points=[(0, 5), (1, 5)]), Line(name="b", css="b", points=[(0, 0), (1, 5)])],
        height=142,
        unit="",
        label="",
    )

    a, b = (re.findall(rf'class="area {name}" d="([^"]*)"', svg)[0] for name in "ab")
    assert "M64.0 70.0L505.0 70.0" in a, "half of 100 pixels above the axis at 120"
    assert "505.0 20.0L946.0 20.0" in b, "5 on top of 5 reaches the top"


def test_a_layer_of_nothing_is_not_drawn() -> None:
    line = Line(name="a", css="a", points=[(0, 0), (1, 0)])

    assert "<path" not in stacked(Time(first=0, last=2), [line], height=100, unit="", label="")


def test_a_hole_interrupts_a_curve_and_a_lone_point_is_seen() -> None:
    line = Line(name="a", css="a", points=[(0, 1), (1, None), (2, 10), (3, None), (4, 1), (5, 1)])

    path = re.findall(r'd="([^"]*)"', lines(Time(first=0, last=5), [line], height=100, unit="", label=""))[0]

    assert path.count("M") == 3
    assert path.count("h1.5") == 2


@pytest.mark.parametrize(("fault", "healed"), [(0.0, 10.0), (0.0, 0.5), (-9.9, -9.0), (9.5, 9.9), (-9.9, 9.9)])
def test_labels_of_marks_never_meet_nor_leave_the_plot(fault: float, healed: float) -> None:
    marks = (Mark(at=fault, text="fault", css="fault"), Mark(at=healed, text="healed", css="healed"))
    svg = stacked(Time(first=-10, last=10, marks=marks), [], height=100, unit="", label="")

    boxes = [
        (float(x) - (LABEL_WIDTH if anchor == "end" else 0), float(y))
        for x, y, anchor in re.findall(r'class="mark-text \w+" x="([\d.]+)" y="(\d+)" text-anchor="(\w+)"', svg)
    ]
    (first, first_y), (second, second_y) = boxes
    assert first_y != second_y or abs(first - second) >= LABEL_WIDTH
    assert all(x >= 0 and x + LABEL_WIDTH <= 960 for x, _ in boxes)


@pytest.mark.parametrize(("first", "last"), [(-10, 50), (-10, 49), (0, 8.4), (-3, 600)])
def test_the_last_time_below_the_axis_does_not_leave_the_plot(first: float, last: float) -> None:
    line = Line(name="a", css="a", points=[(first, 1)])
    svg = stacked(Time(first=first, last=last), [line], height=100, unit="", label="")

    ticks = re.findall(r'class="tick" x="([\d.]+)" y="94" text-anchor="(\w+)"', svg)
    ends = [float(x) + (TICK_WIDTH / 2 if anchor == "middle" else 0) for x, anchor in ticks]
    assert len(ends) > 3
    assert max(ends) <= 960
