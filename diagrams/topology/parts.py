"""What the model is made of: nodes, boxes, arrows and the account of every resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archkit.graph import Position
from topology.kinds import Change, ContainerKind, EdgeKind, How, Kind, Placement, Tier


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Why an edge is there. Args: `urn` of the resource that says so; `text` for a person; `position` in the code."""

    urn: str
    text: str
    position: Position | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A property worth a small icon at a node or container: `kind`: waf, certificate, key, secret, lock, image, ..."""

    kind: str
    label: str
    urn: str
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One part of a node in one zone: an Aurora instance, a cache node, an instance of a group.

    Args:
        id: Stable slug.
        label: `orders-1`.
        zone: Empty where the provider chooses it (`role` and `Node.zone_note` say what is known).
        role: `writer`, `reader`, `primary`, `replica`, `standby`, `instance`, `task`, `mount target`.
        urn: Its resource; empty where it has none of its own.
        change: From a preview or a comparison.

    """

    id: str
    label: str
    zone: str = ""
    role: str = ""
    urn: str = ""
    change: Change = Change.SAME


@dataclass(frozen=True, kw_only=True)
class Node:
    """One thing an architect would draw.

    Args:
        id: Stable slug.
        kind: What it is, free of vendors.
        label: Its own name.
        type: Type token of its resource; empty for `users` and other things outside the program.
        urns: Its resources, the main one first; empty where the program does not make it.
        service: What a person calls it: `Application Load Balancer`, `Aurora PostgreSQL`, `HAProxy`.
        component: The component of the kit that it is a part of; empty where none says so.
        icon: `provider/service/variant` (`aws/elb/application`, `docker/haproxy`): `topology.icons` resolves it.
        details: Short lines below the label: `min 3 · max 12`, `valkey · r7g.large`.
        container: Innermost box that holds all of it; empty only for what stands outside of every box.
        networks: Ids of every subnet or overlay network that it is attached to.
        tier: Row.
        region: Empty for what is global or local.
        zones: Sorted zone names; see `placement`.
        placement: How sure `zones` is.
        zone_note: `may be in`, `zone chosen by AWS`, ...; empty where there is nothing to add.
        members: Parts with zones and roles of their own, in a stable order.
        badges: Small icons.
        change: From a preview or a comparison.

    """

    id: str
    kind: Kind
    label: str
    type: str = ""
    urns: tuple[str, ...] = ()
    service: str = ""
    component: str = ""
    icon: str = ""
    details: tuple[str, ...] = ()
    container: str = ""
    networks: tuple[str, ...] = ()
    tier: Tier = Tier.MANAGEMENT
    region: str = ""
    zones: tuple[str, ...] = ()
    placement: Placement = Placement.NONE
    zone_note: str = ""
    members: tuple[Member, ...] = ()
    badges: tuple[Badge, ...] = ()
    change: Change = Change.SAME


@dataclass(frozen=True, kw_only=True)
class Container:
    """A box. A parent always precedes its children in `Model.containers`.

    Args:
        id: Stable slug.
        kind: What it is.
        label: `net-vpc 10.0.0.0/16`, `eu-west-1`, `private`.
        parent: Id of the box around it; empty for the outermost.
        urns: Its resources; empty for a box made of facts (a region, a tier).
        tier: Of a tier or subnet.
        zone: Of a subnet or zone.
        public: True where it is reachable from the internet; None where the question does not arise.
        attributes: `cidr`, `driver`, `internal`, `encrypted`, ...: sorted, plain texts.
        badges: Small icons.
        change: From a preview or a comparison.

    """

    id: str
    kind: ContainerKind
    label: str
    parent: str = ""
    urns: tuple[str, ...] = ()
    tier: Tier | None = None
    zone: str = ""
    public: bool | None = None
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    badges: tuple[Badge, ...] = ()
    change: Change = Change.SAME


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One arrow: there is at most one for each source, target and kind.

    Args:
        id: Stable slug.
        source: Id of a node; the arrow leaves here.
        target: Id of a node.
        kind: What flows.
        label: Port or action, short: `5432`, `HTTPS 443`, `s3:GetObject`; several are joined by `, `.
        evidence: Never empty.
        declared: A component declared a link.
        derived: A network rule, policy or other resource allows or does it.
        disagreement: Where a declared link and the network rules differ: what, in one sentence; else empty.
        change: From a preview or a comparison.

    """

    id: str
    source: str
    target: str
    kind: EdgeKind
    label: str = ""
    evidence: tuple[Evidence, ...] = ()
    declared: bool = False
    derived: bool = True
    disagreement: str = ""
    change: Change = Change.SAME


@dataclass(frozen=True, kw_only=True)
class Access:
    """One line of the security view: who may reach what, by which rule, whether or not it is drawn as an arrow.

    Args:
        source: Id of a node or container, or empty where the source is only an address range or prefix list.
        target: Id of a node or container.
        source_text: For people: `internet`, `10.0.0.0/16`, `security group app`, `public network front`.
        ports: `443`, `53/udp`, `1024-65535`, `all`; of a policy on the target the actions, `s3:GetObject`.
        world: True where the rule admits every address.
        evidence: The rule.
        edge: Id of the arrow that shows it; empty where none does.

    """

    source: str
    target: str
    source_text: str
    ports: str
    world: bool = False
    evidence: tuple[Evidence, ...] = ()
    edge: str = ""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where a resource went. `id` names a node, container or edge (a badge: its bearer); empty: the whole model."""

    how: How
    id: str = ""
    note: str = ""
    change: Change = Change.SAME
