"""The logical view as Graphviz source, written through the `diagrams` package."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import graphviz

import diagrams
from topology.icons import Icons, path_of
from topology.kinds import Change, ContainerKind
from topology.model import Model
from topology.parts import Container, Edge, Node
from topology.theme import CHANGES, EDGES
from topology.views import metrics
from topology.views.metrics import clean
from topology.views.summary import summarise

LIMIT = 24
FONT_SIZE = 14.0
_HIDDEN = frozenset({ContainerKind.SUBNET, ContainerKind.ZONE, ContainerKind.CLOUD, ContainerKind.OVERLAY_NETWORK})
TEXT, MUTED, PAPER = "#1c2733", "#55626f", "#ffffff"
_GROUNDS = {True: "#edf6e6", False: "#e7f1fa", None: "#f6f8fa"}
_PENS = {ContainerKind.VPC: "#8c4fe0", ContainerKind.REGION: "#0b7285", ContainerKind.HOST: "#2b77d0"}


class _Drawing(diagrams.Diagram):
    """A diagram that keeps its source instead of writing files where it is run."""

    def __exit__(self, *_: object) -> None:
        diagrams.setdiagram(None)  # pyright: ignore[reportArgumentType]


class _Service(diagrams.Node):
    def __init__(self, label: str, *, nodeid: str, icon: Path | None, **attrs: str) -> None:
        self._icon = str(icon) if icon else None
        super().__init__(label, nodeid=nodeid, **attrs)  # pyright: ignore[reportArgumentType]

    def _load_icon(self) -> str:
        return self._icon or ""


def source(model: Model, icons: Icons) -> str:
    """The Graphviz source, the same for the same model on the same machine."""
    small = summarise(model, LIMIT).model
    graph = {
        "splines": "spline",
        "rankdir": "LR",
        "nodesep": "0.3",
        "ranksep": "0.42",
        "pad": "0.25",
        "fontname": "Arial",
        "fontsize": "13",
        "fontcolor": TEXT,
        "bgcolor": "transparent",
        "compound": "true",
        "label": "",
        "outputorder": "edgesfirst",
    }
    nodes = {
        "fontname": "Arial",
        "fontsize": "14",
        "fontcolor": TEXT,
        "shape": "none",
        "fixedsize": "true",
        "imagescale": "true",
        "labelloc": "b",
        "style": "",
    }
    edges = {"fontname": "Arial", "fontsize": "13", "fontcolor": TEXT, "color": MUTED}
    with _Drawing(
        "",
        filename="logical",
        show=False,
        direction="LR",
        curvestyle="curved",
        graph_attr=graph,
        node_attr=nodes,
        edge_attr=edges,
    ) as drawing:
        made: dict[str, diagrams.Node] = {}
        _level("", small, icons, made)
        for edge in small.edges:
            if edge.source in made and edge.target in made:
                drawing.connect(made[edge.source], made[edge.target], _edge(edge))
    return drawing.dot.source


def _level(at: str, model: Model, icons: Icons, made: dict[str, diagrams.Node]) -> None:
    for node in model.nodes:
        if _home(model, node.container) == at:
            made[node.id] = _node(node, icons)
    for box in model.containers:
        if box.kind not in _HIDDEN and _home(model, box.parent) == at and _filled(model, box.id):
            with ExitStack() as stack:
                cluster = diagrams.Cluster(box.id, graph_attr=_box(box))
                cluster.dot.graph_attr["label"] = graphviz.nohtml(graphviz.escape(_short(box.label, 60)))
                stack.enter_context(cluster)
                _level(box.id, model, icons, made)


def _filled(model: Model, id_: str) -> bool:
    homes = {_home(model, node.container) for node in model.nodes}
    while homes:
        if id_ in homes:
            return True
        homes = {_home(model, model.container[one].parent) for one in homes if one}
    return False


def _home(model: Model, id_: str) -> str:
    box = model.container.get(id_)
    while box is not None and box.kind in _HIDDEN:
        box = model.container.get(box.parent)
    return box.id if box is not None else ""


def _box(box: Container) -> dict[str, str]:
    ground = _GROUNDS[box.public] if box.kind is ContainerKind.TIER else "transparent"
    pen = CHANGES[box.change].light if box.change is not Change.SAME else _PENS.get(box.kind, "#aeb6be")
    return {
        "bgcolor": ground,
        "pencolor": pen,
        "fontname": "Arial",
        "fontsize": "13",
        "fontcolor": MUTED,
        "id": box.id,
        "margin": "14",
        "style": "rounded",
        "labeljust": "l",
        "labelloc": "b" if box.kind is ContainerKind.REGION else "t",
    }


def _node(node: Node, icons: Icons) -> diagrams.Node:
    key = icons.of(node)
    lines = [*metrics.wrap(clean(node.label), FONT_SIZE, 120, 2)]
    if node.service and node.service.lower() != node.label.lower():
        lines += metrics.wrap(clean(node.service), FONT_SIZE, 124, 2)
    label = graphviz.nohtml("\\n".join(graphviz.escape(line) for line in lines))
    high = f"{0.86 + 0.235 * len(lines):.2f}"
    frame = {"id": node.id, "width": "1.4", "height": high}
    if node.change is not Change.SAME:
        frame |= {"fontcolor": CHANGES[node.change].light}
    icon = path_of(key)
    if icon is None:
        frame |= {
            "shape": "box",
            "style": "rounded,filled",
            "fillcolor": "#e3e8ed",
            "color": "#aeb6be",
            "labelloc": "c",
        }
    else:
        frame |= {"shape": "none", "image": str(icon), "imagepos": "tc"}
    return _Service(label, nodeid=node.id, icon=icon, **frame)


def _edge(edge: Edge) -> diagrams.Edge:
    style = EDGES[edge.kind]
    colour = CHANGES[edge.change].light if edge.change is not Change.SAME else style.light
    dashes = {"": "solid", "7 4": "dashed", "11 3": "dashed", "4 4": "dashed", "9 3 2.5 3": "dashed"}
    label = graphviz.nohtml(graphviz.escape(_short(edge.label, 22)))
    attributes: dict[str, Any] = {
        "id": edge.id,
        "fontname": "Arial",
        "fontsize": "13",
        "fontcolor": TEXT,
        "penwidth": "1.5",
        "arrowsize": "0.8",
    }
    dash = dashes.get(style.dash, "dotted")
    return diagrams.Edge(forward=True, label=label, color=colour, style=dash, **attributes)


def _short(text: str, length: int) -> str:
    whole = clean(text)
    return whole if len(whole) <= length else whole[: length - 1] + "…"
