"""What Graphviz answers: where boxes and nodes stand and how arrows run, in pixels from the top left corner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import graphviz

from topology.views.scene import Box

Point = tuple[float, float]
MISSING = (
    "logical: Graphviz's program `dot` was not found, so this view was left out; install the package `graphviz` "
    "(apt install graphviz, brew install graphviz, winget install Graphviz.Graphviz) and run the command again"
)


class MissingGraphvizError(Exception):
    """Graphviz is not installed."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Places by id. Args: `curves` are Bezier control points; `labels` the middle of the room kept for each label."""

    w: float
    h: float
    nodes: Mapping[str, Box]
    boxes: Mapping[str, Box]
    curves: Mapping[str, tuple[Point, ...]]
    labels: Mapping[str, Point]


def lay_out(source: str) -> Layout:
    """Runs `dot`. Raises: MissingGraphvizError where there is none."""
    try:
        answer: dict[str, Any] = json.loads(graphviz.Source(source).pipe(format="json", encoding="utf-8", quiet=True))
    except (graphviz.ExecutableNotFound, FileNotFoundError) as error:
        raise MissingGraphvizError(MISSING) from error
    left, bottom, right, top = _numbers(answer["bb"])
    nodes: dict[str, Box] = {}
    boxes: dict[str, Box] = {}
    for one in answer.get("objects", []):
        if "pos" in one and "width" in one:
            x, y = _numbers(one["pos"])
            w, h = float(one["width"]) * 72, float(one["height"]) * 72
            nodes[one["name"]] = Box(x - left - w / 2, top - y - h / 2, w, h)
        elif one["name"].startswith("cluster") and "bb" in one:
            x0, y0, x1, y1 = _numbers(one["bb"])
            boxes[one["id"]] = Box(x0 - left, top - y1, x1 - x0, y1 - y0)
    curves: dict[str, tuple[Point, ...]] = {}
    labels: dict[str, Point] = {}
    for one in answer.get("edges", []):
        curves[one["id"]] = tuple((x - left, top - y) for x, y in _spline(one.get("pos", "")))
        if "lp" in one:
            x, y = _numbers(one["lp"])
            labels[one["id"]] = (x - left, top - y)
    return Layout(w=right - left, h=top - bottom, nodes=nodes, boxes=boxes, curves=curves, labels=labels)


def _numbers(text: str) -> list[float]:
    return [float(one) for one in text.split(",")]


def _spline(text: str) -> list[Point]:
    """`e,x,y x,y x,y ...`: where the arrow ends, then its control points."""
    points: list[Point] = []
    end: Point | None = None
    start: Point | None = None
    for part in text.split():
        if part.startswith("e,"):
            _, x, y = part.split(",")
            end = (float(x), float(y))
        elif part.startswith("s,"):
            _, x, y = part.split(",")
            start = (float(x), float(y))
        else:
            x, y = part.split(",")
            points.append((float(x), float(y)))
    if start is not None:
        points = [start, start, points[0], *points]
    if end is not None:
        points = [*points, points[-1], end, end]
    return points
