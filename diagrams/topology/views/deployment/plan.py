"""Rows, boxes and things of the deployment view, before any arrow is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from topology.model import Model
from topology.views.deployment.items import Frame, Item, Row
from topology.views.summary import Summary

MARGIN = 24.0
INNER = 1016.0
SIDE, LABEL = 150.0, 108.0
TILE = 158.0


@dataclass(kw_only=True)
class Gutters:
    """Room for arrows at both sides inside a grid's box."""

    left: float = 200
    right: float = 200


@dataclass(frozen=True, kw_only=True)
class Extent:
    """Where a grid lies: its columns from `left` to `right`, its box around them, its rows."""

    left: float
    right: float
    box_left: float
    box_right: float
    first: int
    last: int

    def holds(self, item: Item) -> bool:
        return self.first <= item.row <= self.last and self.box_left <= item.cx <= self.box_right


@dataclass(kw_only=True)
class Plan:
    """Rows from top to bottom, the boxes behind them and each node's place."""

    model: Model
    summary: Summary
    rows: list[Row] = field(default_factory=list[Row])
    frames: list[Frame] = field(default_factory=list[Frame])
    items: dict[str, Item] = field(default_factory=dict[str, Item])
    grids: list[Extent] = field(default_factory=list[Extent])
    width: float = 2 * MARGIN + INNER

    def add(self, row: Row) -> int:
        """Appends a row; returns its index."""
        self.rows.append(row)
        for item in row.items:
            item.row = len(self.rows) - 1
            if not item.echo:
                self.items[item.node.id] = item
        return len(self.rows) - 1

    def frame(self, frame: Frame) -> None:
        self.rows[frame.first].opens = max(self.rows[frame.first].opens, frame.level)
        self.rows[frame.last].closes = max(self.rows[frame.last].closes, frame.bottom_level)
        self.frames.append(frame)
