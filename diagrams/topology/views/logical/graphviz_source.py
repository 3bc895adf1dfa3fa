"""The logical view as Graphviz source, written through the `diagrams` package.

Every size is ours: nodes, labels and headings are boxes without text, so that no font of the machine moves anything.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import diagrams
from topology.kinds import ContainerKind, EdgeKind, Kind
from topology.model import Model
from topology.parts import Container, Edge
from topology.views import metrics
from topology.views.logical.sizes import FRAME, LABEL, WIDE, Room, caption, heading, label_of
from topology.views.order import FLOWS, layers

HIDDEN = frozenset({ContainerKind.SUBNET, ContainerKind.ZONE, ContainerKind.CLOUD, ContainerKind.OVERLAY_NETWORK})
_INCH = 72.0


class _Drawing(diagrams.Diagram):
    """A diagram that keeps its source instead of writing files where it is run."""

    def __exit__(self, *_: object) -> None:
        diagrams.setdiagram(None)  # pyright: ignore[reportArgumentType]


class _Service(diagrams.Node):
    def _load_icon(self) -> str:
        return ""


def source(small: Model, room: Room = WIDE) -> str:
    """The Graphviz source of a model that fits a picture; the same for the same model."""
    graph = {
        "splines": "spline",
        "rankdir": "LR",
        "nodesep": "0.12",
        "ranksep": "0.3" if room is WIDE else "0.2",
        "pad": "0",
        "margin": "0",
        "label": "",
    }
    nodes = {"shape": "box", "style": "", "fixedsize": "true", "label": ""}
    with _Drawing(
        "", filename="logical", show=False, direction="LR", curvestyle="curved", graph_attr=graph, node_attr=nodes
    ) as drawing:
        made: dict[str, diagrams.Node] = {}
        _level("", small, made, room)
        level = layers(small.nodes, small.edges, FLOWS | {EdgeKind.BACKUP, EdgeKind.REPLICATION, EdgeKind.TELEMETRY})
        for edge in small.edges:
            if edge.source in made and edge.target in made:
                ahead = level[edge.source] < level[edge.target]
                drawing.connect(made[edge.source], made[edge.target], _edge(edge, small, room, ahead=ahead))
    return drawing.dot.source


def home(model: Model, id_: str) -> str:
    """The innermost box around that this view draws; empty for none."""
    box = model.container.get(id_)
    while box is not None and box.kind in HIDDEN:
        box = model.container.get(box.parent)
    return box.id if box is not None else ""


def _level(at: str, model: Model, made: dict[str, diagrams.Node], words: Room) -> None:
    for node in model.nodes:
        if home(model, node.container) == at:
            size = caption(node, words)
            room: dict[str, Any] = {"width": f"{size.w / _INCH:.3f}", "height": f"{size.h / _INCH:.3f}"}
            made[node.id] = _Service("", nodeid=node.id, **room)
    for box in model.containers:
        if box.kind not in HIDDEN and home(model, box.parent) == at and filled(model, box.id):
            with ExitStack() as stack:
                cluster = diagrams.Cluster(box.id, graph_attr={"id": box.id, "margin": str(FRAME), "labeljust": "l"})
                cluster.dot.graph_attr["label"] = _room(*heading(box))
                stack.enter_context(cluster)
                _level(box.id, model, made, words)


def filled(model: Model, id_: str) -> bool:
    """Whether a box has any node inside."""
    homes = {home(model, node.container) for node in model.nodes}
    while homes:
        if id_ in homes:
            return True
        homes = {home(model, _parent(model, one)) for one in homes if one}
    return False


def _parent(model: Model, id_: str) -> str:
    box: Container = model.container[id_]
    return box.parent


def _edge(edge: Edge, model: Model, room: Room, *, ahead: bool) -> diagrams.Edge:
    lines = label_of(edge, room)
    attributes: dict[str, Any] = {"id": edge.id, "arrowhead": "none"}
    if lines:
        wide = max(metrics.width(one, LABEL) for one in lines)
        attributes["label"] = _room(wide + 10, len(lines) * 13.0 + 6)
    source = model.node.get(edge.source)
    if edge.kind is EdgeKind.DNS and source is not None and source.kind is Kind.USERS:
        attributes["constraint"] = "false"  # the name server stands beside the users, not before the design
    elif ahead:
        attributes |= {"tailport": "e", "headport": "w"}
    return diagrams.Edge(forward=True, **attributes)


def _room(wide: float, high: float) -> str:
    """An empty label of one size."""
    return (
        f'<<TABLE BORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" WIDTH="{wide:.0f}" HEIGHT="{high:.0f}">'
        f'<TR><TD FIXEDSIZE="TRUE" WIDTH="{wide:.0f}" HEIGHT="{high:.0f}"></TD></TR></TABLE>>'
    )
