"""The security view: for each thing, who may reach it, on which port, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass

from topology.icons import Icons
from topology.kinds import EdgeKind
from topology.model import Model
from topology.parts import Access, Edge, Node
from topology.views import furniture, metrics
from topology.views.scene import Box, Icon, Line, Rect, Role, Scene, Shape, said

WIDTH = 1064.0
SOURCE, ARROW_FROM, ARROW_TO, TARGET, RULE = 24.0, 272.0, 474.0, 474.0, 700.0
ROW = 40.0
GAP = 14.0
NAME, SMALL = 12.0, 11.0
WEB_PORTS = frozenset({"80", "443", "80/tcp", "443/tcp", "443/udp"})


@dataclass(frozen=True, kw_only=True)
class Reach:
    """One line of the picture: an access, or an arrow that no network rule covers (a permission).

    Args:
        source: Id of a node or box; empty for what is not of the program.
        source_text: For people.
        target: Id.
        what: Port or action.
        world: True where everybody is let in.
        rule: What says so.
        title: All that is known, for hovering.
        kind: Of its line.
        edge: Id of the arrow that the other views have for it; empty where they have none.

    """

    source: str
    source_text: str
    target: str
    what: str
    world: bool
    rule: str
    title: str
    kind: EdgeKind
    edge: str = ""


def scene(model: Model, icons: Icons) -> Scene:
    """Lays out and draws the security view."""
    groups: dict[str, list[Reach]] = {}
    reaches = [*(_access(model, one) for one in model.accesses), *_grants(model)]
    for one in reaches:
        groups.setdefault(one.target, []).append(one)
    ordered = sorted(groups, key=lambda one: (not any(reach.world for reach in groups[one]), _name(model, one), one))
    y = furniture.TITLE_HEIGHT + 4
    shapes: list[Shape] = [
        said(SOURCE + 8, y + 8, "who", room=200, size=11, style="t2", bold=True, role=Role.HEADING),
        said(ARROW_FROM + 62, y + 8, "port or action", room=140, size=11, style="t2", bold=True, role=Role.HEADING),
        said(TARGET + 10, y + 8, "may reach", room=200, size=11, style="t2", bold=True, role=Role.HEADING),
        said(RULE, y + 8, "by which rule", room=300, size=11, style="t2", bold=True, role=Role.HEADING),
    ]
    y += 18
    if not ordered:
        words = "No rule of this program admits anything: there is nothing to show."
        shapes.append(said(SOURCE, y + 24, words, room=900, size=13, role=Role.HEADING))
        y += 40
    for target in ordered:
        here = sorted(groups[target], key=lambda one: (not one.world, one.kind, one.source_text, one.what))
        shapes += _group(model, icons, target, here, y)
        y += max(ROW * len(here), 54.0) + GAP
    legend = [Edge(id=kind, source="", target="", kind=kind) for kind in {one.kind: None for one in reaches}]
    open_ = sum(1 for one in reaches if one.world and not _ordinary(one.what))
    admit = "1 rule admits" if open_ == 1 else f"{open_} rules admit"
    notes = [f"{admit} everybody on other ports than 80 and 443"] if open_ else []
    notes += [
        f"{_name(model, edge.source)} → {_name(model, edge.target)}: {edge.disagreement}"
        for edge in model.edges
        if edge.disagreement
    ]
    ends, height = furniture.foot(model, legend, y - 8, WIDTH, notes[:12])
    return Scene(
        view="security",
        title=f"{model.title}: security",
        about=f"{len(reaches)} rules that say who may reach what in {model.title}.",
        width=WIDTH,
        height=height,
        shapes=[*furniture.title(model, "security: who may reach what", WIDTH), *shapes, *ends],
        messages=icons.messages,
    )


def _ordinary(ports: str) -> bool:
    return all(one.strip() in WEB_PORTS for one in ports.split(","))


def _access(model: Model, access: Access) -> Reach:
    texts = [one.text + (f" ({at})" if (at := model.at(one.urn)) else "") for one in access.evidence]
    rule = access.evidence[0].text if access.evidence else ""
    return Reach(
        source=access.source,
        source_text=access.source_text or _name(model, access.source),
        target=access.target,
        what=access.ports,
        world=access.world,
        rule=rule,
        title="\n".join(texts),
        # What a bucket's policy lets somebody do is an action with a colon, and no port.
        kind=EdgeKind.GRANT if ":" in access.ports else EdgeKind.TRAFFIC,
        edge=access.edge,
    )


def _grants(model: Model) -> list[Reach]:
    return [
        Reach(
            source=edge.source,
            source_text=_name(model, edge.source),
            target=edge.target,
            what=edge.label,
            world=False,
            rule=edge.evidence[0].text if edge.evidence else "",
            title=furniture.evidence(model, edge),
            kind=EdgeKind.GRANT,
            edge=edge.id,
        )
        for edge in model.edges
        if edge.kind is EdgeKind.GRANT
    ]


def _name(model: Model, id_: str) -> str:
    if id_ in model.node:
        return model.node[id_].label
    return model.container[id_].label if id_ in model.container else id_


def _group(model: Model, icons: Icons, target: str, reaches: list[Reach], y: float) -> list[Shape]:
    high = max(ROW * len(reaches), 54.0)
    box = Box(TARGET, y, RULE - TARGET - 16, high)
    node = model.node.get(target)
    shapes: list[Shape] = [Rect(box=box, style="card", owner=target, solid=True, title=_name(model, target))]
    x = box.x + 12
    if node is not None:
        shapes.append(Icon(box=Box(x, box.cy - 17, 34, 34), key=icons.of(node), title=node.service, owner=target))
        x += 44
    service = node.service if node is not None else _kind(model, target)
    name_y = box.cy - 2 if service else box.cy + 5
    room = box.right - x - 8
    shapes.append(said(x, name_y, _name(model, target), room=room, size=12.5, bold=True, owner=target))
    if service:
        shapes.append(said(x, box.cy + 14, service, room=room, size=11, style="t2", owner=target))
    first = y + (high - ROW * len(reaches)) / 2
    for place, reach in enumerate(reaches):
        shapes += _line(model, icons, reach, first + place * ROW)
    return shapes


def _kind(model: Model, target: str) -> str:
    box = model.container.get(target)
    return str(box.kind).replace("-", " ") if box is not None else ""


def _line(model: Model, icons: Icons, reach: Reach, y: float) -> list[Shape]:
    middle = y + ROW / 2
    pill = Box(SOURCE, y + 3, ARROW_FROM - SOURCE, ROW - 6)
    style = "g-world" if reach.world else "g-row"
    shapes: list[Shape] = [Rect(box=pill, style=style, radius=8, title=reach.title)]
    node: Node | None = model.node.get(reach.source)
    x = pill.x + 10
    if node is not None:
        shapes.append(Icon(box=Box(x, middle - 11, 22, 22), key=icons.of(node), title=node.label, owner=node.id))
        x += 30
    text = "warn" if reach.world and not _ordinary(reach.what) else "t"
    for baseline, size, words in _who(node, reach.source_text, pill.right - x - 8, bold=reach.world):
        style = text if size == NAME else "t2"
        shapes.append(
            said(x, middle + baseline, words, room=pill.right - x - 8, size=size, style=style, bold=reach.world)
        )
    at = middle + 8
    line = Line(
        points=((ARROW_FROM + 2, at), (ARROW_TO, at)),
        style=f"e-{reach.kind}",
        title=reach.title,
        source=reach.source,
        target=reach.target,
        owner=reach.edge or reach.target,  # what a search on the page finds is not faded
    )
    shapes.append(line)
    room = ARROW_TO - ARROW_FROM - 22
    what = metrics.wrap(metrics.clean(reach.what), SMALL, room, 2)
    for place, words in enumerate(what):
        up = at - 6 - 12 * (len(what) - 1 - place)
        shapes.append(
            said(
                (ARROW_FROM + ARROW_TO) / 2 - 4,
                up,
                words,
                room=room,
                size=SMALL,
                anchor="middle",
                role=Role.LABEL,
                style=text,
                title=reach.title,
            )
        )
    rule = metrics.wrap(metrics.clean(reach.rule), SMALL, WIDTH - RULE - 20, 2)
    for place, words in enumerate(rule):
        down = middle + 4 + 14 * place - 7 * (len(rule) - 1)
        shapes.append(said(RULE, down, words, room=WIDTH - RULE - 20, size=SMALL, style="t2", title=reach.title))
    return shapes


def _who(node: Node | None, text: str, room: float, *, bold: bool) -> list[tuple[float, float, str]]:
    """Baseline from the middle, size and words of a source: on one line where it fits, else on two."""
    name = metrics.clean(node.label if node is not None else text)
    extra = metrics.clean(text) if node is not None and text not in ("", node.label) else ""
    whole = f"{name} · {extra}" if extra else name
    if metrics.width(whole, NAME, bold) <= room:
        return [(4.0, NAME, whole)]
    for words in () if extra else (" of network ", "security group "):
        before, found, after = name.partition(words)
        name, extra = (f"{before}{words.rstrip()}", after) if found else (name, extra)
    if not extra:
        return [(4.0, NAME, name)]
    return [(-2.0, NAME, name), (11.0, SMALL, extra)]
