"""Rules that admit every address: evidence for the arrow from users, or a new one where a machine is in the open."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import USERS, Draft, describe
from topology.draft.parts import DraftNode
from topology.kinds import EdgeKind, How, Kind, Tier
from topology.parts import Account

EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def add_world(draft: Draft) -> None:
    """Joins world-open rules, and rules for the way out, to the arrows that they allow."""
    for resource in draft.facts.graph.resources:
        if resource.type == EGRESS:
            _add_egress(draft, resource)
    for access in draft.accesses:
        if not access.world:
            continue
        node = draft.nodes[access.target]
        resource = draft.facts.by_urn[access.urn]
        edge = draft.edges.get((USERS, node.id, EdgeKind.TRAFFIC))
        if edge is not None:
            edge.evidence[(access.urn, access.why)] = None
            edge.labels.setdefault(access.ports)
        elif _in_the_open(draft, node):
            draft.connect(draft.users(), node.id, EdgeKind.TRAFFIC, access.ports, resource, why=access.why)
            edge = draft.edges[(USERS, node.id, EdgeKind.TRAFFIC)]
        if edge is not None and resource.urn not in draft.home and resource.urn not in draft.box:
            draft.accounts[resource.urn] = Account(how=How.EDGE, id=edge.id)


def _add_egress(draft: Draft, resource: Resource) -> None:
    """The other half of a rule: what a group may send is evidence where the other side lets it in."""
    facts = draft.facts
    for source in draft.homes(facts.linked(resource, "securityGroupId")):
        for goal in draft.homes(facts.linked(resource, "referencedSecurityGroupId")):
            if (source, goal, EdgeKind.TRAFFIC) in draft.edges:
                draft.connect(source, goal, EdgeKind.TRAFFIC, "", resource, why=f"{describe(resource)} lets it out")


def _in_the_open(draft: Draft, node: DraftNode) -> bool:
    if node.kind not in (Kind.INSTANCE, Kind.SERVICE) or node.tier is not Tier.PUBLIC:
        return False
    for urn in node.urns:
        resource = draft.facts.by_urn[urn]
        if resource.inputs.get("associatePublicIpAddress") is True:
            return True
    boxes = [draft.containers[one] for one in node.networks]
    subnets = [draft.facts.by_urn[urn] for box in boxes for urn in box.urns]
    return any(subnet.inputs.get("mapPublicIpOnLaunch") is True for subnet in subnets)
