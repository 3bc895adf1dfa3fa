"""Pictures can be read where a page shows them 1000 pixels wide, and no arrow takes a way that a reader would not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from topology.derive import derive
from topology.icons import Icons
from topology.kinds import Placement
from topology.model import Model
from topology.views import context, deployment, inventory, logical, metrics, security
from topology.views.logical.apart import trimmed
from topology.views.scene import Box, Line, Rect, Role, Scene
from topology.views.security import NAME

SCENES = {"context": context.scene, "logical": logical.scene, "deployment": deployment.scene,
          "security": security.scene, "inventory": inventory.scene}  # fmt: skip
DESIGNS = tuple(sorted(path.stem for path in (Path(__file__).parents[3] / "stacks" / "config").glob("*.yaml")))
SHOWN = 1000.0  # pixels: the width at which a page shows a picture
LEAST = 8.0  # pixels: the smallest words that are read without leaning forward
STEP = 10.0  # pixels: a shorter piece of an arrow looks like a mistake

Draw = Callable[[str, str], Scene]


@pytest.fixture
def scene_of(request: pytest.FixtureRequest, model_of: Callable[[str], Model]) -> Draw:
    """One view of a design or of a test program."""

    def draw(view: str, name: str) -> Scene:
        model = derive(request.getfixturevalue("record_stack")(name)) if name in DESIGNS else model_of(name)
        return SCENES[view](model, Icons())

    return draw


def _judge(view: str, scene: Scene) -> None:
    smallest = min(one.size for one in scene.texts()) * min(SHOWN / scene.width, 1.0)
    assert smallest >= LEAST, f"words of {smallest:.1f} pixels on a page that shows {scene.width:.0f} pixels in {SHOWN}"
    cut = [one.text for one in scene.texts() if one.role is Role.LABEL and metrics.ELLIPSIS in one.text]
    assert cut == [], f"a label with a hole in its middle says something else, in {view}"
    assert _steps(scene) == []
    assert _outside(scene) == []


def _steps(scene: Scene) -> list[str]:
    return [
        line.owner
        for line in scene.lines()
        if line.owner and not line.curve
        for (ax, ay), (bx, by) in pairwise(line.points)
        if 0 < abs(ax - bx) + abs(ay - by) < STEP
    ]


def _outside(scene: Scene) -> list[str]:
    """Arrows beside all of the frames that they run along: who looks for their way looks inside."""
    frames = [one.box for one in scene.rects() if one.style.startswith("f-")]
    if not frames or scene.view != "deployment":
        return []
    left, right = min(one.x for one in frames), max(one.right for one in frames)
    top = min(one.y for one in frames)
    return [
        line.owner
        for line in scene.lines()
        if line.owner and any(y > top and not left <= x <= right for x, y in line.points)
    ]


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("view", sorted(SCENES))
def test_each_view_of_a_design_reads_well_on_a_page(view: str, name: str, scene_of: Draw) -> None:
    _judge(view, scene_of(view, name))


@pytest.mark.parametrize("view", sorted(SCENES))
def test_each_view_of_a_program_reads_well_on_a_page(view: str, program: str, scene_of: Draw) -> None:
    _judge(view, scene_of(view, program))


def _scene(*shapes: Any, width: float = 400) -> Scene:
    return Scene(view="deployment", title="t", about="t", width=width, height=300, shapes=shapes)


def test_the_judge_sees_small_steps_and_arrows_beside_the_frames() -> None:
    frame = Rect(box=Box(50, 50, 300, 200), style="f-region")
    step = Line(points=((100, 100), (100, 140), (104, 140), (104, 200)), style="e-traffic", owner="step")
    beside = Line(points=((100, 40), (20, 40), (20, 220), (100, 220)), style="e-traffic", owner="beside")
    assert _steps(_scene(frame, step)) == ["step"]
    assert _outside(_scene(frame, beside)) == ["beside"]
    assert _outside(_scene(frame, step)) == []


@pytest.mark.parametrize("name", DESIGNS)
def test_the_security_view_of_a_design_names_everybody_in_full(name: str, scene_of: Draw) -> None:
    scene = scene_of("security", name)
    cut = [one.text for one in scene.texts() if one.size >= NAME - 1 and metrics.ELLIPSIS in one.text]
    assert cut == [], "who may reach what is the one thing that this view is for"


def test_a_small_thing_whose_zone_nobody_knows_stands_in_no_zone(scene_of: Draw, model_of: Any) -> None:
    scene = scene_of("deployment", "swarm")
    (metrics_,) = [one for one in model_of("swarm").nodes if one.label == "metrics"]
    assert metrics_.zones == ()
    (box,) = [one for one in scene.rects() if one.owner == metrics_.id and one.style == "card-open"]
    zones = [one.box for one in scene.rects() if one.style == "f-zone"]
    assert all(box.box.x < zone.right and zone.x < box.box.right for zone in zones), "it may be in each of them"
    words = [one.text for one in scene.texts() if one.owner == metrics_.id]
    assert "Prometheus · zone chosen by Swarm" in words


def test_a_band_of_which_the_provider_chooses_the_zone_is_dashed(scene_of: Draw, model_of: Any) -> None:
    scene = scene_of("deployment", "two_regions")
    chosen = {one.id for one in model_of("two_regions").nodes if one.placement is Placement.CHOSEN}
    assert chosen
    styles = {one.owner: one.style for one in scene.rects() if one.solid}
    assert {styles[one] for one in chosen} == {"card-open"}, "the picture would say where only AWS knows"


def test_an_arrow_between_members_of_a_network_passes_through_it(scene_of: Draw) -> None:
    scene = scene_of("deployment", "swarm")
    (bar,) = [one.box for one in scene.rects() if one.style == "bar" and "shop-data" in one.title]
    dots = [one.box for one in scene.rects() if one.style == "dot" and bar.y < one.box.cy < bar.bottom]
    assert len(dots) == 2, "web reaches its cache and its database over this network"


def test_a_frame_is_close_around_what_it_holds_unless_an_arrow_needs_the_room() -> None:
    boxes = {"outer": Box(0, 0, 400, 400), "inner": Box(20, 20, 300, 300)}
    nodes = {"a": Box(40, 100, 100, 140), "b": Box(200, 100, 100, 140)}
    found = trimmed(boxes, nodes, {})
    icon = nodes["a"].cy - 24
    assert icon - 40 < found["inner"].y < icon - 20
    assert found["outer"].y < found["inner"].y - 20, "both headings have room"
    assert found["inner"].bottom == boxes["inner"].bottom
    over = {("e", "a", "b"): ((90.0, 170.0), (150.0, 40.0), (250.0, 170.0))}
    assert trimmed(boxes, nodes, over)["inner"].y <= 30, "the arrow above stays inside"
    out = {("e", "a", "b"): ((90.0, 170.0), (150.0, 5.0), (250.0, 170.0))}
    assert trimmed(boxes, nodes, out)["inner"].y == found["inner"].y, "one that leaves the frame needs no room in it"


def test_lists_are_broken_after_commas_and_actions_at_their_humps() -> None:
    assert metrics.wrap("GET /orders/{id}, POST /orders", 11, 118, 4) == ("GET /orders/{id},", "POST /orders")
    assert metrics.wrap("GetSecretValue", 11, 60, 2) == ("GetSecret", "Value")
    assert metrics.wrap("elasticache:Connect", 11, 80, 2) == ("elasticache:", "Connect")
