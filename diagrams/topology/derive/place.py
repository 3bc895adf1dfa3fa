"""Where nodes stand: rows, zones and the innermost box that holds all of a node."""

from __future__ import annotations

import re

from topology.draft.draft import Draft
from topology.draft.ids import slug
from topology.draft.parts import DraftContainer, DraftNode
from topology.kinds import ContainerKind, Kind, Placement, Tier
from topology.rules.aws.network import region_box
from topology.rules.aws.placing import MAY
from topology.rules.docker import services

_DATA = (Kind.DATABASE, Kind.CACHE, Kind.PROXY, Kind.FILE_SYSTEM, Kind.STREAM, Kind.QUEUE)
_IN_EVERY = (Kind.LOAD_BALANCER, Kind.NAT, Kind.ENDPOINT, Kind.FILE_SYSTEM)
_HINT = re.compile(r"(^|[-_ .])(data|db|database|isolated|intra|cache|storage)([-_ .\d]|$)")


def place(draft: Draft) -> None:
    """Gives every subnet its tier and every node its row, zones and box."""
    _tier_subnets(draft)
    for node in draft.nodes.values():
        if node.kind is Kind.USERS or node.tier is Tier.OUTSIDE:
            continue
        subnets = [draft.containers[one] for one in node.networks if draft.containers[one].kind is ContainerKind.SUBNET]
        if subnets:
            _place_in_subnets(draft, node, subnets)
        elif node.container in draft.containers and draft.containers[node.container].kind is ContainerKind.HOST:
            _place_on_host(draft, node)
        elif not node.container and node.type.startswith("aws:"):
            rule = draft.rules.get(node.type)
            node.container = "aws" if rule is not None and rule.world else region_box(draft, node.region)
        elif not node.container and node.type.startswith("docker:"):
            node.container = tier_box(draft, services.host_of(draft, draft.facts.by_urn[node.urns[0]]), node.tier)
        if node.placement is Placement.NONE and node.zones:
            node.placement = Placement.IN


def _tier_subnets(draft: Draft) -> None:
    inside: dict[str, list[Kind]] = {}
    for node in draft.nodes.values():
        for network in node.networks:
            inside.setdefault(network, []).append(node.kind)
    for box in [one for one in draft.containers.values() if one.kind is ContainerKind.SUBNET]:
        kinds = inside.get(box.id, [])
        if box.public:
            tier = Tier.PUBLIC
        elif kinds:
            tier = Tier.DATA if all(kind in _DATA for kind in kinds) else Tier.PRIVATE
        else:
            tier = Tier.DATA if _HINT.search(box.label.lower()) else Tier.PRIVATE
        vpc = box.parent
        box.tier = tier
        box.parent = tier_box(draft, vpc, tier)
        if box.zone:
            _zone_box(draft, vpc, box.zone)


def tier_box(draft: Draft, parent: str, tier: Tier) -> str:
    """Id of the row of a VPC or host; made at first use."""
    public = tier is Tier.PUBLIC if draft.containers[parent].kind is ContainerKind.VPC else None
    return draft.add_container(
        DraftContainer(
            id=f"{parent}-{tier}", kind=ContainerKind.TIER, label=tier.value, parent=parent, tier=tier, public=public
        )
    ).id


def _zone_box(draft: Draft, parent: str, zone: str) -> None:
    draft.add_container(
        DraftContainer(id=f"{parent}-zone-{slug(zone)}", kind=ContainerKind.ZONE, label=zone, parent=parent, zone=zone)
    )


def _place_in_subnets(draft: Draft, node: DraftNode, subnets: list[DraftContainer]) -> None:
    tiers = {box.parent for box in subnets}
    vpcs = {draft.containers[parent].parent for parent in tiers}
    if len(tiers) == 1:
        node.container = tiers.pop()
    elif len(vpcs) == 1:
        node.container = vpcs.pop()
    else:
        node.container = region_box(draft, node.region)
    rows = [box.tier for box in subnets if box.tier is not None]
    node.tier = min(rows, key=list(Tier).index)
    if node.placement is Placement.IN and node.members:
        node.zones |= {member.zone for member in node.members if member.zone}
    else:
        node.zones |= {box.zone for box in subnets if box.zone}
    if node.placement is Placement.NONE:
        certain = node.kind in _IN_EVERY or len(node.zones) == 1 or node.kind in (Kind.SERVICE, Kind.INSTANCE)
        node.placement = Placement.IN if certain and not node.zone_note else Placement.MAY
        if not certain and not node.zone_note:
            node.zone_note = MAY
        if len(node.zones) == 1 and node.zone_note and node.kind is not Kind.DATABASE:
            node.placement, node.zone_note = Placement.IN, ""
    if not node.zones and node.placement is Placement.IN:
        node.placement, node.zone_note = Placement.CHOSEN, "zone chosen by AWS"


def _place_on_host(draft: Draft, node: DraftNode) -> None:
    host = node.container
    node.container = tier_box(draft, host, node.tier)
    for zone in sorted(node.zones):
        _zone_box(draft, host, zone)
