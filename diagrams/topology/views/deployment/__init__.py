"""The deployment view: what runs where, in zones and tiers, and what flows between."""

from __future__ import annotations

from topology.icons import Icons
from topology.kinds import Change
from topology.model import Model
from topology.parts import Container
from topology.views import furniture
from topology.views.deployment import levels
from topology.views.deployment.draw import Pen
from topology.views.deployment.items import BADGE, Frame
from topology.views.deployment.levels import FRAME_PAD, Channel
from topology.views.deployment.networks import junctions, segments
from topology.views.deployment.plan import Gutters, Plan
from topology.views.deployment.planner import Planner
from topology.views.deployment.routing import Router
from topology.views.deployment.ways import LABEL_SIZE, LINE, Way
from topology.views.scene import Box, Icon, Line, Rect, Role, Scene, Shape, Text
from topology.views.summary import Summary, summarise

DASHED = "Dashed boxes: may be in any of the zones that they span; the provider or scheduler chooses."


def scene(model: Model, icons: Icons, *, summary: Summary | None = None) -> Scene:
    """Lays out and draws the deployment view."""
    summary = summary or summarise(model)
    plan = Planner(summary, Gutters()).run()
    gutters = _needed(plan, Router(plan).run())
    plan = Planner(summary, gutters).run()
    ways = Router(plan).run()
    channels = levels.place(plan, ways, furniture.TITLE_HEIGHT)
    shapes = _shapes(plan, ways, channels, model, icons)
    bottom = plan.rows[-1].y + plan.rows[-1].h + channels[-1].h if plan.rows else furniture.TITLE_HEIGHT
    shift, width = _extent(shapes, plan.width)
    if shift:
        shapes = [_moved(one, shift) for one in shapes]
    notes = [f"{_name(model, way)}: {way.edge.disagreement}" for way in ways if way.edge.disagreement]
    dashed = any(isinstance(one, Rect) and one.style.startswith("card-open") for one in shapes)
    remarks = [DASHED] if dashed else []
    ends, height = furniture.foot(model, [way.edge for way in ways], bottom, width, notes[:8], remarks=remarks)
    about = f"{len(model.nodes)} parts and {len(model.edges)} connections of {model.title}, by region, zone and tier."
    head = furniture.title(model, "deployment", width)
    return Scene(
        view="deployment",
        title=f"{model.title}: deployment",
        about=about,
        width=width,
        height=height,
        shapes=[*head, *shapes, *ends],
        messages=icons.messages,
    )


def _name(model: Model, way: Way) -> str:
    return f"{way.source.node.label} → {way.target.node.label}"


def _needed(plan: Plan, ways: list[Way]) -> Gutters:
    """How wide the gutters must be for the arrows that really run in them."""
    left = right = 0
    for grid in plan.grids:
        xs = {
            x
            for way in ways
            for leg in way.legs
            if grid.first < leg.channel <= grid.last
            for x in (leg.enter, leg.leave)
        }
        left = max(left, sum(1 for x in xs if grid.box_left < x < grid.left))
        right = max(right, sum(1 for x in xs if grid.right < x < grid.box_right))
    return Gutters(left=24.0 + min(left, 12) * 10, right=24.0 + min(right, 12) * 10)


def _shapes(plan: Plan, ways: list[Way], channels: list[Channel], model: Model, icons: Icons) -> list[Shape]:
    pen = Pen(model, icons)
    shapes: list[Shape] = []
    grounds = [one for one in plan.frames if not one.border]
    borders = [one for one in plan.frames if one.border]
    shapes += [_frame(plan, one, channels) for one in grounds]
    for frame in sorted(borders, key=lambda one: (one.first, -one.last)):
        shapes.append(_frame(plan, frame, channels))
    shapes += segments(plan)
    for row in plan.rows:
        for text in row.headings:
            shapes.append(_at(text, row.y))
            shapes += _heading_badges(text, row.y, model, pen)
    lines = [_line(way, channels, model) for way in ways]
    shapes += lines
    shapes += junctions(plan, lines)
    for row in plan.rows:
        for item in row.items:
            shapes += pen.draw(item)
    for way, line in zip(ways, lines, strict=True):
        shapes += _label(way, line, channels)
    return shapes


def _heading_badges(text: Text, y: float, model: Model, pen: Pen) -> list[Icon]:
    box = model.container.get(text.owner)
    if box is None:
        return []
    x = text.box.right + 8
    return [pen.badge(one, x + place * (BADGE + 3), y) for place, one in enumerate(box.badges[:3])]


def _frame(plan: Plan, frame: Frame, channels: list[Channel]) -> Rect:
    top = plan.rows[frame.first].y - (FRAME_PAD * frame.level - 4)
    last = plan.rows[frame.last]
    bottom = last.y + last.h + channels[frame.last + 1].inner + FRAME_PAD * frame.bottom_level - 3
    style = frame.style
    box: Container | None = frame.container
    if box is not None and box.change is not Change.SAME and frame.border:
        style += f" c-{box.change}"
    return Rect(box=Box(frame.x, top, frame.right - frame.x, bottom - top), style=style, radius=frame.radius)


def _at(text: Text, y: float) -> Text:
    return Text(
        x=text.x,
        y=text.y + y,
        text=text.text,
        size=text.size,
        style=text.style,
        anchor=text.anchor,
        bold=text.bold,
        role=text.role,
        title=text.title,
        owner=text.owner,
    )


def _line(way: Way, channels: list[Channel], model: Model) -> Line:
    points: list[tuple[float, float]] = []
    if way.side:
        y = way.source.y + way.source.axis
        rightward = way.source.cx < way.target.cx
        points = [(way.source.side(rightward), y), (way.target.side(not rightward), y)]
    else:
        first, last = way.legs[0], way.legs[-1]
        points.append((first.enter, _edge_y(way, start=True, top=first.enter_top)))
        for leg in way.legs:
            if leg.track >= 0:
                y = channels[leg.channel].y_of(leg)
                points += [(leg.enter, y), (leg.leave, y)]
        points.append((last.leave, _edge_y(way, start=False, top=last.leave_top)))
    return Line(
        points=tuple(points),
        style=f"e-{way.edge.kind}",
        title=furniture.evidence(model, way.edge),
        owner=way.edge.id,
        source=way.edge.source,
        target=way.edge.target,
        label=way.edge.label,
        change=way.edge.change,
    )


def _edge_y(way: Way, *, start: bool, top: bool) -> float:
    """Where an arrow leaves or meets a thing: `top` of the channel is the bottom of the thing."""
    item = way.source if start else way.target
    if top:
        return item.y + item.h + (2 if item.form == "tile" else 0)
    return item.y - (4 if item.form == "tile" else 0)


def _label(way: Way, line: Line, channels: list[Channel]) -> list[Text]:
    if not way.labelled or not way.label:
        return []
    title = line.title
    if way.side:
        y = line.points[0][1] - 6 - LINE * (len(way.label) - 1)
        anchor, x = "middle", way.label_x
    else:
        at_source = way.label_at == "source"
        below = way.legs[0].enter_top if at_source else way.legs[-1].leave_top
        end = line.points[0 if at_source else -1][1]
        anchor, x = "start", way.label_x
        y = end + 10 + LINE if below else end - 13 - LINE * (len(way.label) - 1)
    return [
        Text(
            x=x,
            y=y + place * LINE,
            text=text,
            size=LABEL_SIZE,
            anchor=anchor,
            role=Role.LABEL,
            title=title,
            owner=way.edge.id,
        )
        for place, text in enumerate(way.label)
    ]


def _extent(shapes: list[Shape], width: float) -> tuple[float, float]:
    """How far everything must move to the right, and how wide the page becomes, where arrows run outside."""
    xs = [x for one in shapes if isinstance(one, Line) for x, _ in one.points]
    for one in shapes:
        if isinstance(one, Text):
            xs += [one.box.x, one.box.right]
    low, high = min(xs, default=0.0), max(xs, default=0.0)
    shift = max(0.0, 12 - low)
    return shift, max(width, high + 14) + shift


def _moved(shape: Shape, by: float) -> Shape:
    match shape:
        case Text():
            return Text(
                x=shape.x + by,
                y=shape.y,
                text=shape.text,
                size=shape.size,
                style=shape.style,
                anchor=shape.anchor,
                bold=shape.bold,
                role=shape.role,
                title=shape.title,
                owner=shape.owner,
            )
        case Rect():
            box = Box(shape.box.x + by, shape.box.y, shape.box.w, shape.box.h)
            return Rect(
                box=box, style=shape.style, radius=shape.radius, title=shape.title, owner=shape.owner, solid=shape.solid
            )
        case Icon():
            box = Box(shape.box.x + by, shape.box.y, shape.box.w, shape.box.h)
            return Icon(box=box, key=shape.key, title=shape.title, owner=shape.owner)
        case Line():
            points = tuple((x + by, y) for x, y in shape.points)
            return Line(
                points=points,
                style=shape.style,
                title=shape.title,
                owner=shape.owner,
                source=shape.source,
                target=shape.target,
                label=shape.label,
                arrow=shape.arrow,
                change=shape.change,
            )
