"""Nodes, boxes, arrows and lines of access while they are being made."""

from __future__ import annotations

from dataclasses import dataclass, field

from topology.kinds import ContainerKind, EdgeKind, Kind, Placement, Tier
from topology.parts import Badge, Member


@dataclass(kw_only=True)
class DraftNode:
    """A node in the making; the fields are those of `topology.model.Node`."""

    id: str
    kind: Kind
    label: str
    type: str = ""
    urns: list[str] = field(default_factory=list[str])
    service: str = ""
    component: str = ""
    icon: str = ""
    details: dict[str, None] = field(default_factory=dict[str, None])
    container: str = ""
    networks: dict[str, None] = field(default_factory=dict[str, None])
    tier: Tier = Tier.MANAGEMENT
    region: str = ""
    zones: set[str] = field(default_factory=set[str])
    placement: Placement = Placement.NONE
    zone_note: str = ""
    members: list[Member] = field(default_factory=list[Member])
    badges: list[Badge] = field(default_factory=list[Badge])


@dataclass(kw_only=True)
class DraftContainer:
    """A box in the making; the fields are those of `topology.model.Container`."""

    id: str
    kind: ContainerKind
    label: str
    parent: str = ""
    urns: list[str] = field(default_factory=list[str])
    tier: Tier | None = None
    zone: str = ""
    public: bool | None = None
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    badges: list[Badge] = field(default_factory=list[Badge])


@dataclass(kw_only=True)
class DraftEdge:
    """An arrow in the making."""

    source: str
    target: str
    kind: EdgeKind
    labels: dict[str, None] = field(default_factory=dict[str, None])
    ports: set[str] = field(default_factory=set[str])
    evidence: dict[tuple[str, str], None] = field(default_factory=dict[tuple[str, str], None])
    declared: bool = False
    derived: bool = True
    disagreement: str = ""
    guessed: bool = False  # its port is what such a server usually listens on; nothing in the graph says so

    @property
    def id(self) -> str:
        return f"{self.kind}--{self.source}--{self.target}"


@dataclass(kw_only=True)
class DraftAccess:
    """A line of the security view in the making."""

    source: str
    target: str
    source_text: str
    ports: str
    world: bool
    urn: str
    why: str
