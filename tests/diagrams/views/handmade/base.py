"""The parts that models made by hand are put together from."""

from __future__ import annotations

from typing import Any

from topology.kinds import ContainerKind, EdgeKind, How, Kind, Tier
from topology.model import Model
from topology.parts import Account, Badge, Container, Edge, Evidence, Node

HOSTILE = "<script>alert(\"x\")</script> & 'quotes' \u202eevil\u202c \x00\x1b[31m"
ARABIC = "خدمة الطلبات"


def edge(source: str, target: str, label: str = "", kind: EdgeKind = EdgeKind.TRAFFIC, **more: Any) -> Edge:
    evidence = (Evidence(urn="", text=f"rule {source} to {target}"),)
    return Edge(
        id=f"{source}-{target}-{kind}", source=source, target=target, kind=kind, label=label, evidence=evidence, **more
    )


def finish(title: str, nodes: list[Node], containers: list[Container], edges: list[Edge], **more: Any) -> Model:
    """Every node and container of the program gets a resource that is accounted for."""
    urns = {urn: Account(how=How.DRAWN, id=node.id) for node in nodes for urn in node.urns}
    urns |= {urn: Account(how=How.CONTAINER, id=box.id) for box in containers for urn in box.urns}
    return Model(
        title=title,
        nodes=tuple(sorted(nodes, key=lambda one: one.id)),
        containers=tuple(containers),
        edges=tuple(sorted(edges, key=lambda one: one.id)),
        accounted=urns,
        types=dict.fromkeys(urns, "test:index:Thing"),
        names={urn: urn.rpartition("::")[2] for urn in urns},
        graph_hash="4e4ccb0299" * 6 + "abcd",
        **more,
    )


def node(id_: str, kind: Kind, **more: Any) -> Node:
    more.setdefault("label", id_)
    urns = (f"urn::{id_}",) if kind not in (Kind.USERS, Kind.EXTERNAL) else ()
    return Node(id=id_, kind=kind, urns=urns, **more)


def boxes(region: str, zones: list[str], tiers: list[Tier], prefix: str = "net", cloud: bool = True) -> list[Container]:
    """Cloud > region > vpc > tier > subnet, with zones."""
    found = [Container(id="aws", kind=ContainerKind.CLOUD, label="AWS")] if cloud else []
    found += [
        Container(id=region, kind=ContainerKind.REGION, label=region, parent="aws"),
        Container(
            id=f"{prefix}-vpc",
            kind=ContainerKind.VPC,
            label=f"{prefix}-vpc",
            parent=region,
            urns=(f"urn::{prefix}-vpc",),
            attributes={"cidr": "10.0.0.0/16"},
            badges=(Badge(kind="flow-log", label="all traffic", urn=""),),
        ),
    ]
    found += [
        Container(id=f"{prefix}-{zone}", kind=ContainerKind.ZONE, label=zone, parent=f"{prefix}-vpc", zone=zone)
        for zone in zones
    ]
    for row, tier in enumerate(tiers):
        public = tier is Tier.PUBLIC
        found.append(
            Container(
                id=f"{prefix}-{tier}",
                kind=ContainerKind.TIER,
                label=str(tier),
                parent=f"{prefix}-vpc",
                tier=tier,
                public=public,
            )
        )
        for place, zone in enumerate(zones):
            found.append(
                Container(
                    id=f"{prefix}-{tier}-{zone}",
                    kind=ContainerKind.SUBNET,
                    label=f"{prefix}-{tier}-{place}",
                    parent=f"{prefix}-{tier}",
                    zone=zone,
                    tier=tier,
                    public=public,
                    urns=(f"urn::{prefix}-{tier}-{place}",),
                    attributes={"cidr": f"10.0.{row * 10 + place}.0/24"},
                )
            )
    return found
