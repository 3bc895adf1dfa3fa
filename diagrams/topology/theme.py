"""Colours, dashes and the one style sheet of every picture, light and dark.

Rules are written out for both modes instead of using CSS variables: converters to PNG know classes, not `var()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from topology.kinds import Change, EdgeKind

FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"


class Mode(StrEnum):
    """`auto` follows the reader's system; the others are fixed, for PNG."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, kw_only=True)
class EdgeStyle:
    """How a kind of edge looks, and what the legend calls it."""

    name: str
    light: str
    dark: str
    dash: str
    width: float = 1.8


EDGES: Mapping[EdgeKind, EdgeStyle] = {
    EdgeKind.TRAFFIC: EdgeStyle(name="network traffic", light="#1668b3", dark="#62b0f5", dash=""),
    EdgeKind.DNS: EdgeStyle(name="name resolution", light="#6f42c1", dark="#b794f4", dash="11 3", width=1.5),
    EdgeKind.GRANT: EdgeStyle(name="permission", light="#b0267f", dark="#f283c5", dash="2.5 3.5"),
    EdgeKind.EVENT: EdgeStyle(name="event", light="#b45309", dark="#f5b041", dash="9 3 2.5 3"),
    EdgeKind.REPLICATION: EdgeStyle(name="replication", light="#3b45c4", dark="#9aa5ff", dash="7 4"),
    EdgeKind.BACKUP: EdgeStyle(name="backup", light="#3a7d1e", dark="#8ccf6b", dash="1.5 4.5", width=2.2),
    EdgeKind.TELEMETRY: EdgeStyle(name="metrics and logs", light="#5f6b76", dark="#a9b6c2", dash="4 4", width=1.4),
}

CHANGES: Mapping[Change, EdgeStyle] = {
    Change.CREATE: EdgeStyle(name="added", light="#1a7f37", dark="#4ac26b", dash=""),
    Change.UPDATE: EdgeStyle(name="changed", light="#b26a00", dark="#f0b429", dash=""),
    Change.REPLACE: EdgeStyle(name="replaced", light="#7a3fd0", dark="#c297ff", dash=""),
    Change.DELETE: EdgeStyle(name="removed", light="#cf222e", dark="#ff7b72", dash=""),
}
MARKS: Mapping[Change, str] = {Change.CREATE: "+", Change.UPDATE: "~", Change.REPLACE: "±", Change.DELETE: "\u2212"}

_LIGHT: Mapping[str, str] = {
    "bg": "fill:#ffffff",
    "t": "fill:#1c2733",
    "t2": "fill:#55626f",
    "th-region": "fill:#0b7285",
    "th-vpc": "fill:#7a35d1",
    "th-zone": "fill:#1a6ea8",
    "th-public": "fill:#3c6423",
    "th-private": "fill:#2f5d80",
    "th-plain": "fill:#55626f",
    "th-host": "fill:#1d63b8",
    "warn": "fill:#a83200",
    "f-cloud": "fill:none;stroke:#3c4a57",
    "f-region": "fill:none;stroke:#0b7285",
    "f-vpc": "fill:none;stroke:#8c4fe0",
    "f-host": "fill:none;stroke:#2b77d0",
    "f-zone": "fill:none;stroke:#4a93c4",
    "f-plain": "fill:none;stroke:#8a97a3",
    "g-public": "fill:#edf6e6",
    "g-private": "fill:#e7f1fa",
    "g-plain": "fill:#f3f5f7",
    "g-row": "fill:#f6f8fa",
    "g-world": "fill:#fdeee6",
    "card": "fill:#ffffff;stroke:#b9c4ce",
    "card-many": "fill:#f8fafc;stroke:#8fa0b0",
    "card-open": "fill:#fffdf6;stroke:#b9c4ce",
    "plate": "fill:none",
    "neutral": "fill:#e3e8ed;stroke:#8a97a3",
    "bar": "fill:#dbe9f8;stroke:#7fb0df",
    "rule": "stroke:#d5dce3",
    "dot": "fill:#1d63b8",
}
_DARK: Mapping[str, str] = {
    "bg": "fill:#0f151b",
    "t": "fill:#e6edf3",
    "t2": "fill:#a3b1be",
    "th-region": "fill:#5cc8d8",
    "th-vpc": "fill:#c39bff",
    "th-zone": "fill:#7cc0ee",
    "th-public": "fill:#a5d388",
    "th-private": "fill:#93c3e8",
    "th-plain": "fill:#a3b1be",
    "th-host": "fill:#84b8f5",
    "warn": "fill:#ff9e6b",
    "f-cloud": "fill:none;stroke:#8a98a5",
    "f-region": "fill:none;stroke:#2f9dac",
    "f-vpc": "fill:none;stroke:#9d6ae8",
    "f-host": "fill:none;stroke:#4f94e0",
    "f-zone": "fill:none;stroke:#3f83b0",
    "f-plain": "fill:none;stroke:#66737f",
    "g-public": "fill:#17271a",
    "g-private": "fill:#14243a",
    "g-plain": "fill:#1a222b",
    "g-row": "fill:#161d25",
    "g-world": "fill:#33201a",
    "card": "fill:#1b252f;stroke:#4b5a68",
    "card-many": "fill:#202c38;stroke:#66788a",
    "card-open": "fill:#232b2e;stroke:#4b5a68",
    "plate": "fill:#eef2f6",
    "neutral": "fill:#33404c;stroke:#7c8b99",
    "bar": "fill:#1c3550;stroke:#3f79b0",
    "rule": "stroke:#2c3843",
    "dot": "fill:#84b8f5",
}
_SHAPE: Mapping[str, str] = {
    "f-cloud": "stroke-width:1.2",
    "f-region": "stroke-width:1.3;stroke-dasharray:3 3",
    "f-vpc": "stroke-width:1.8",
    "f-host": "stroke-width:1.8",
    "f-zone": "stroke-width:1.2;stroke-dasharray:7 4",
    "f-plain": "stroke-width:1.2",
    "card": "stroke-width:1.2",
    "card-many": "stroke-width:1.2",
    "card-open": "stroke-width:1.2;stroke-dasharray:5 3",
    "neutral": "stroke-width:1",
    "bar": "stroke-width:1",
    "rule": "stroke-width:1",
}


def sheet(mode: Mode) -> str:
    """The style sheet of a picture."""
    shared = [f"text{{font-family:{FONT}}}", ".e{fill:none;stroke-linejoin:round}", ".halo{fill:none}"]
    shared += [f".{name}{{{rule}}}" for name, rule in _SHAPE.items()]
    shared += [f".{_edge(kind)}{{{_dash(style)}}}" for kind, style in EDGES.items()]
    shared += [f".c-{change}{{stroke-width:2.6}}" for change in CHANGES]
    light, dark = _rules(_LIGHT, dark=False), _rules(_DARK, dark=True)
    if mode is Mode.LIGHT:
        return "".join([*shared, *light])
    if mode is Mode.DARK:
        return "".join([*shared, *dark])
    return "".join([*shared, *light, "@media (prefers-color-scheme:dark){", *dark, "}"])


def _rules(colours: Mapping[str, str], *, dark: bool) -> list[str]:
    rules = [f".{name}{{{rule}}}" for name, rule in colours.items()]
    rules.append(f".halo{{stroke:{colours['bg'].removeprefix('fill:')};stroke-width:3;stroke-linejoin:round}}")
    for kind, style in EDGES.items():
        colour = style.dark if dark else style.light
        rules.append(f".{_edge(kind)}{{stroke:{colour}}}.{_edge(kind)}.a{{fill:{colour};stroke:none}}")
    for change, style in CHANGES.items():
        colour = style.dark if dark else style.light
        rules.append(f".c-{change}{{stroke:{colour}}}.c-{change}.a{{fill:{colour}}}.c-{change}-t{{fill:{colour}}}")
    return rules


def _edge(kind: EdgeKind) -> str:
    return f"e-{kind}"


def _dash(style: EdgeStyle) -> str:
    dash = f";stroke-dasharray:{style.dash}" if style.dash else ""
    return f"stroke-width:{style.width}{dash}"


def light_colours() -> dict[str, str]:
    """The light palette by class, for formats without style sheets."""
    return dict(_LIGHT)
