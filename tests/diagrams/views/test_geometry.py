"""No picture has a label on a line, an arrow through an icon, or anything cut off: judged from its geometry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from topology.icons import Icons
from topology.model import Model
from topology.views import context, deployment, geometry, inventory, logical, security
from topology.views.logical import strays
from topology.views.logical.apart import apart
from topology.views.scene import Box, Icon, Line, Rect, Role, Scene, Text

SCENES = {"context": context.scene, "logical": logical.scene, "deployment": deployment.scene,
          "security": security.scene, "inventory": inventory.scene}  # fmt: skip
TARGETS = tuple(sorted(path.stem for path in (Path(__file__).parents[3] / "stacks" / "config").glob("*.yaml")))


@pytest.mark.parametrize("view", sorted(SCENES))
def test_no_picture_of_a_hand_made_model_has_overlaps(view: str, model: Model) -> None:
    assert geometry.faults(SCENES[view](model, Icons())) == [], "a reviewer would send this picture back"


@pytest.mark.parametrize("view", sorted(SCENES))
def test_no_picture_of_a_program_has_overlaps(view: str, drawn: str, model_of: Callable[[str], Model]) -> None:
    assert geometry.faults(SCENES[view](model_of(drawn), Icons())) == [], "a reviewer would send this picture back"


@pytest.mark.parametrize("stack", TARGETS)
@pytest.mark.parametrize("view", sorted(SCENES))
def test_no_picture_of_a_design_has_overlaps(view: str, stack: str, record_stack: Any) -> None:
    from topology.derive import derive  # noqa: PLC0415 - only this test needs it

    assert geometry.faults(SCENES[view](derive(record_stack(stack)), Icons())) == [], "this picture is in the gallery"


@pytest.mark.parametrize("stack", TARGETS)
@pytest.mark.parametrize("view", ["deployment", "logical"])
def test_no_label_of_a_design_lies_on_a_border(view: str, stack: str, record_stack: Any) -> None:
    from topology.derive import derive  # noqa: PLC0415 - only this test needs it

    assert geometry.on_borders(SCENES[view](derive(record_stack(stack)), Icons())) == [], "a dash through a port"


@pytest.mark.parametrize("view", ["deployment", "logical"])
def test_no_label_of_a_program_lies_on_a_border(view: str, drawn: str, model_of: Callable[[str], Model]) -> None:
    assert geometry.on_borders(SCENES[view](model_of(drawn), Icons())) == [], "a dash through a port"


@pytest.mark.parametrize("view", sorted(SCENES))
def test_no_text_of_a_hand_made_model_runs_out_of_its_box(view: str, model: Model) -> None:
    assert geometry.overflows(SCENES[view](model, Icons())) == [], "a word beyond its card belongs to another thing"


@pytest.mark.parametrize("view", sorted(SCENES))
def test_no_text_of_a_program_runs_out_of_its_box(view: str, drawn: str, model_of: Callable[[str], Model]) -> None:
    assert geometry.overflows(SCENES[view](model_of(drawn), Icons())) == [], "a word beyond its card is cut off"


@pytest.mark.parametrize("stack", TARGETS)
@pytest.mark.parametrize("view", sorted(SCENES))
def test_no_text_of_a_design_runs_out_of_its_box(view: str, stack: str, record_stack: Any) -> None:
    from topology.derive import derive  # noqa: PLC0415 - only this test needs it

    assert geometry.overflows(SCENES[view](derive(record_stack(stack)), Icons())) == [], (
        "this picture is in the gallery"
    )


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (
            Rect(box=Box(90, 80, 60, 30), style="card", solid=True, owner="card"),
            {"owner": "card", "role": Role.CAPTION},
        ),
        (Rect(box=Box(90, 80, 60, 30), style="g-private"), {"role": Role.HEADING}),
        (Rect(box=Box(90, 80, 60, 30), style="f-vpc"), {"role": Role.HEADING}),
    ],
)
def test_the_judge_sees_a_text_that_runs_out_of_its_box(shape: Rect, text: dict[str, Any]) -> None:
    name = Text(x=95, y=100, text="a name that is longer", **text)
    assert geometry.overflows(_scene(shape, name)), "60 pixels hold no 20 letters"
    assert not geometry.overflows(_scene(replace(shape, box=Box(90, 80, 200, 30)), name))
    assert geometry.overflows(_scene(replace(shape, box=Box(90, 80, 200, 18)), name)), "it hangs out below"


def _strays(scene: Scene) -> list[str]:
    ends = {icon.owner: icon.box for icon in scene.icons()}
    frames = {str(place): one.box for place, one in enumerate(scene.rects()) if one.style[:2] in ("f-", "g-")}
    return [
        line.owner
        for line in scene.lines()
        if line.source in ends
        and line.target in ends
        and strays.strayed(line.points, ends[line.source], ends[line.target], frames)
    ]


def test_no_arrow_of_a_program_cuts_through_a_box_of_others(drawn: str, model_of: Callable[[str], Model]) -> None:
    assert _strays(logical.scene(model_of(drawn), Icons())) == [], "it reads as if it ended there"


def test_an_arrow_through_a_box_of_others_is_seen() -> None:
    source, target, box = Box(0, 40, 20, 20), Box(300, 40, 20, 20), {"box": Box(100, 0, 100, 100)}
    assert strays.strayed(((20, 50), (150, 50), (300, 50)), source, target, box) == 2
    assert strays.strayed(((20, 50), (150, 150), (300, 50)), source, target, box) == 0
    assert strays.strayed(((20, 50), (150, 50)), source, Box(140, 40, 20, 20), box) == 0, "it must get in"


def test_frames_side_by_side_do_not_share_a_border() -> None:
    upper, lower, inner = Box(0, 0, 100, 100), Box(50, 100, 100, 100), Box(12, 20, 76, 68)
    found = apart({"upper": upper, "lower": lower, "inner": inner})
    assert found["lower"].y - found["upper"].bottom >= 5, "two borders on one line read as one box"
    assert found["inner"] == inner
    assert found["upper"].bottom >= inner.bottom, "what is inside stays inside"
    beside = apart({"a": upper, "b": Box(100, 0, 100, 100)})
    assert beside["b"].x - beside["a"].right >= 5


def test_how_to_read_a_picture_is_no_warning(model_of: Callable[[str], Model]) -> None:
    notes = [one for one in deployment.scene(model_of("three_tier"), Icons()).texts() if one.text.startswith("Dashed")]
    assert [one.style for one in notes] == ["t2"], "an architect looks for what is wrong"


def test_the_judge_sees_a_label_on_a_border() -> None:
    frame = Rect(box=Box(90, 80, 25, 60), style="f-region")
    assert geometry.on_borders(_scene(frame, LABEL)), "the border at 115 runs through the label at 100"
    assert not geometry.on_borders(_scene(replace(frame, box=Box(90, 80, 160, 60)), LABEL))


def test_every_arrow_of_the_model_is_drawn(model: Model) -> None:
    from topology.views.summary import summarise  # noqa: PLC0415 - only this test needs it

    summary = summarise(model)
    drawn = {line.owner for line in deployment.scene(model, Icons(), summary=summary).lines() if line.owner}
    assert drawn == {edge.id for edge in summary.model.edges}, "an arrow that is missing is a connection that is hidden"


def test_every_node_is_drawn_even_inside_a_group(model: Model) -> None:
    owners = {icon.owner for icon in deployment.scene(model, Icons()).icons()}
    missing = {node.id for node in model.nodes} - owners
    assert missing == set(), "a resource that is not drawn cannot be reviewed"


def _scene(*shapes: Text | Rect | Icon | Line) -> Scene:
    return Scene(view="t", title="t", about="t", width=400, height=300, shapes=shapes)


LABEL = Text(x=100, y=100, text="8080", role=Role.LABEL)
ICON = Icon(box=Box(95, 85, 40, 40), key="generic/users", title="users")
CARD = Rect(box=Box(90, 80, 60, 60), style="card", solid=True, owner="card")
ACROSS = Line(points=((10, 97), (300, 97)), style="e-traffic", owner="line", source="a", target="b")
HEADING = replace(LABEL, text="private", role=Role.HEADING)


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ((LABEL, ACROSS), "crosses the text"),
        ((HEADING, ACROSS), "crosses the text"),
        ((ICON, ACROSS), "crosses the icon"),
        ((CARD, ACROSS), "runs into"),
        ((LABEL, replace(LABEL, x=105)), "texts overlap"),
        ((LABEL, ICON), "lies on the icon"),
        ((LABEL, CARD), "lies on card"),
        ((ICON, replace(ICON, box=Box(100, 90, 40, 40))), "icons overlap"),
        ((CARD, replace(CARD, owner="other")), "cards overlap"),
        ((ACROSS, replace(ACROSS, owner="second", source="c", target="d")), "lie on each other"),
        ((replace(LABEL, x=390),), "outside the page"),
        ((replace(ACROSS, points=((10, 97), (500, 97))),), "outside the page"),
    ],
)
def test_the_judge_sees_each_kind_of_fault(shapes: tuple[Any, ...], words: str) -> None:
    assert any(words in fault for fault in geometry.faults(_scene(*shapes))), "a judge that sees nothing judges nothing"


def test_arrows_that_join_at_one_target_may_share_their_end() -> None:
    joined = replace(ACROSS, owner="second", source="c")
    assert geometry.faults(_scene(ACROSS, joined)) == []


def test_an_arrow_ends_at_the_words_or_the_icon_of_a_chip(model_of: Callable[[str], Model]) -> None:
    model = model_of("docker_host")
    scene = deployment.scene(model, Icons())
    chips = {one.owner: one.box for one in scene.icons() if one.box.w < 30 and one.owner in model.node}
    ends = [
        (owner, x)
        for line in scene.lines()
        for owner, (x, _) in ((line.source, line.points[0]), (line.target, line.points[-1]))
        if owner in chips
    ]
    assert ends, "the program has arrows between chips"
    for owner, x in ends:
        right = max(one.box.right for one in scene.texts() if one.owner == owner and one.role is Role.CAPTION)
        assert chips[owner].x - 6 <= x <= right + 6, f"an arrow beside {owner} ends at nothing"


def test_likes_are_listed_in_the_order_of_their_numbers(model_of: Callable[[str], Model]) -> None:
    words = [one.text for one in deployment.scene(model_of("docker_host"), Icons()).texts()]
    assert words.index("tool-2") < words.index("tool-10"), "who looks for the tenth looks at the end"
