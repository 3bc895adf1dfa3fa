"""The logical view stays clean wherever a version of Graphviz puts things: the same models, placed otherwise."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from topology.icons import Icons
from topology.model import Model
from topology.views import geometry, logical
from topology.views.logical import detours, layout, mending
from topology.views.logical.layout import Layout
from topology.views.scene import Box

SEEDS = (1, 2, 3)


def _otherwise(source: str, seed: int) -> str:
    """Larger nodes and gaps, each by its own factor, as other rounding or other defaults would have them."""
    chance = random.Random(seed)
    source = re.sub(
        r"\b(width|height)=([\d.]+)", lambda one: f"{one[1]}={float(one[2]) * chance.uniform(1, 1.12):.3f}", source
    )
    return re.sub(
        r'\b(nodesep|ranksep)="?([\d.]+)"?',
        lambda one: f"{one[1]}={float(one[2]) * chance.uniform(1, 2.5):.3f}",
        source,
    )


def _shaken(found: Layout, seed: int) -> Layout:
    """Curves bent by up to 14 pixels, their ends left where they are."""
    chance = random.Random(seed)
    curves = {
        id_: tuple(
            (x, y) if place in (0, len(points) - 1) else (x + chance.uniform(-14, 14), y + chance.uniform(-14, 14))
            for place, (x, y) in enumerate(points)
        )
        for id_, points in found.curves.items()
    }
    return replace(found, curves=curves)


@pytest.fixture(params=SEEDS)
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Graphviz, but with other places."""
    seed: int = request.param

    def lay_out(source: str) -> Layout:
        return _shaken(layout.lay_out(_otherwise(source, seed)), seed)

    monkeypatch.setattr(logical, "lay_out", lay_out)
    return seed


def test_no_picture_of_a_program_has_overlaps_wherever_graphviz_puts_things(
    elsewhere: int, drawn: str, model_of: Callable[[str], Model]
) -> None:
    assert geometry.faults(logical.scene(model_of(drawn), Icons())) == [], f"placement {elsewhere} of {drawn}"


def test_no_picture_of_a_hand_made_model_has_overlaps_wherever_graphviz_puts_things(
    elsewhere: int, model: Model
) -> None:
    assert geometry.faults(logical.scene(model, Icons())) == [], f"placement {elsewhere} of {model.title}"


WALL = Box(180, 40, 20, 120)
PAGE = Box(0, 0, 400, 200)


def test_an_arrow_goes_around_what_stands_in_its_way() -> None:
    ends = detours.End(at=(40, 100), way=1), detours.End(at=(360, 103), way=-1)
    way = detours.Ground(PAGE, [WALL]).way(*ends, {})
    assert way is not None
    assert (way[0], way[-1]) == ((40, 100), (360, 103)), "an arrow must end at its icons"
    assert not detours.touched(mending.samples(way), [WALL]), "the wall was not gone around"


def test_there_is_no_way_through_a_wall_across_the_page() -> None:
    ends = detours.End(at=(40, 100), way=1), detours.End(at=(360, 100), way=-1)
    assert detours.Ground(PAGE, [Box(180, -10, 20, 220)]).way(*ends, {}) is None


def test_a_heading_moves_aside_for_an_arrow_and_stays_where_it_cannot() -> None:
    frame, heading = Box(100, 50, 200, 100), Box(110, 55, 40, 12)
    down = {"a": ((130.0, 20.0), (130.0, 90.0))}
    assert mending.heading_place(frame, heading, {}, []) == heading
    moved = mending.heading_place(frame, heading, down, [])
    assert moved.x > 130
    assert moved.right < frame.right
    assert moved.y == heading.y
    assert mending.heading_place(frame, heading, {"a": ((90.0, 61.0), (310.0, 61.0))}, []) == heading
