"""From a resource graph to the architecture that it means."""

from __future__ import annotations

from collections.abc import Mapping

from archkit.graph import Graph, Resource
from topology.derive.freeze import freeze
from topology.derive.links import add_links
from topology.derive.place import place
from topology.derive.world import add_world
from topology.draft.draft import Draft, of_role
from topology.draft.facts import Facts
from topology.draft.parts import DraftNode
from topology.draft.spec import CONTAINER, SERVICE
from topology.kinds import Change, How, Kind, Tier
from topology.model import Model
from topology.parts import Badge
from topology.rules.aws import balancers, bands, network
from topology.rules.docker import services, traffic
from topology.rules.rule import Role, Rule
from topology.rules.table import rule_of


def derive(graph: Graph, *, title: str = "", changes: Mapping[str, Change] | None = None) -> Model:
    """The model of a graph, in time linear in its resources.

    Args:
        graph: From the recorder, a preview, a deployed stack or a file; see `topology.readers`.
        title: Heading of the pictures; the stack's name unless given.
        changes: What a preview says of each URN; those not named stay the same.

    """
    facts = Facts(graph)
    rules = {type_: rule for type_ in {one.type for one in graph.resources} if (rule := rule_of(type_)) is not None}
    draft = Draft(facts, rules)
    network.add_boxes(draft)
    services.add_boxes(draft)
    unknown = _add_nodes(draft)
    _add_parts(draft)
    _free_badges(draft)
    for node in list(draft.nodes.values()):
        _shape(draft, rules, node)
    draft.targets = balancers.targets(draft)
    for role in (Role.PRIMARY, Role.CONNECTOR, Role.BADGE, Role.FOLDED):
        for resource in of_role(draft, role):
            rule = rules[resource.type]
            if rule.flow is not None and (resource.urn in draft.home or role is not Role.PRIMARY or rule.badge):
                rule.flow(draft, resource)
    traffic.add_traffic(draft)
    _hang_badges(draft)
    _count_alarms(draft)
    place(draft)
    add_world(draft)
    add_links(draft)
    return freeze(draft, title=title or graph.stack, changes=changes or {}, unknown=tuple(sorted(unknown)))


def _add_nodes(draft: Draft) -> list[str]:
    """Nodes of all primaries and of what no rule knows; gives the URNs of the latter."""
    services.add_nodes(draft)
    services.index_mounts(draft)
    bands.add_bands(draft)
    unknown: list[str] = []
    for resource in draft.facts.graph.resources:
        rule = draft.rule(resource)
        if not resource.custom or resource.type in (SERVICE, CONTAINER):
            continue
        if rule is None:
            unknown.append(resource.urn)
            _unknown(draft, resource)
        elif resource.type in bands.BANDS:
            continue
        elif rule.role is Role.PRIMARY and not (rule.kind is Kind.VOLUME and services.mounted(draft, resource)):
            draft.add_primary(resource)
    return unknown


def _unknown(draft: Draft, resource: Resource) -> None:
    package = resource.type.partition(":")[0]
    node = draft.add_node(
        DraftNode(
            id=draft.ids[resource.urn],
            kind=Kind.UNKNOWN,
            label=resource.name,
            type=resource.type,
            urns=[resource.urn],
            service=resource.type,
            icon="generic/unknown",
            tier=Tier.MANAGEMENT,
            region=draft.region(resource) if package == "aws" else "",
        )
    )
    if package == "docker":
        node.container = services.host_of(draft, resource)
    for subnet in (one for one in draft.facts.everything_linked(resource) if one.type in network.SUBNET):
        node.networks[draft.box[subnet.urn]] = None


def _add_parts(draft: Draft) -> None:
    """Members of a node are at home there; one without its node becomes a node of its own."""
    for resource in of_role(draft, Role.PART):
        rule = draft.rules[resource.type]
        owners = [one for one in draft.facts.linked(resource, *rule.of) if one.urn in draft.home]
        if owners:
            draft.parts.setdefault(owners[0].urn, []).append(resource)
            draft.home[resource.urn] = draft.home[owners[0].urn]
            draft.nodes[draft.home[resource.urn]].urns.append(resource.urn)
        else:
            _unknown(draft, resource)


def _free_badges(draft: Draft) -> None:
    """A secret that nothing carries is still there to be reached: a node of its own, which policies point at."""
    for resource in of_role(draft, Role.BADGE):
        if draft.rules[resource.type].kind is not Kind.UNKNOWN and not draft.bearers(resource.urn):
            draft.add_primary(resource)


def _shape(draft: Draft, rules: Mapping[str, Rule], node: DraftNode) -> None:
    for urn in list(node.urns):
        resource = draft.facts.by_urn[urn]
        rule = rules.get(resource.type)
        if rule is None:
            continue
        if rule.subnets:
            for subnet in _subnets(draft, resource, rule.subnets):
                node.networks[subnet] = None
        if rule.shape is not None:
            rule.shape(draft, node, resource)


def _subnets(draft: Draft, resource: Resource, paths: tuple[str, ...], depth: int = 0) -> list[str]:
    """Boxes of the subnets that inputs name, directly or through a subnet group."""
    found: list[str] = []
    for one in draft.facts.linked(resource, *paths):
        if one.type in network.SUBNET:
            found.append(draft.box[one.urn])
        elif (rule := draft.rule(one)) is not None and rule.subnets and depth < 4:
            found += _subnets(draft, one, rule.subnets, depth + 1)
    return found


def _hang_badges(draft: Draft) -> None:
    for resource in of_role(draft, Role.BADGE):
        if resource.urn in draft.home:
            continue
        rule = draft.rules[resource.type]
        bearers = [node for node in draft.bearers(resource.urn) if node in draft.nodes]
        for node in bearers:
            badge = Badge(kind=rule.badge, label=f"{rule.badge} {resource.name}", urn=resource.urn, icon=rule.icon)
            draft.nodes[node].badges.append(badge)
        if bearers:
            draft.accounts.pop(resource.urn, None)
            draft.account(resource, How.BADGE, bearers[0])
        elif owner := draft.owner(resource):
            draft.account(resource, How.BADGE, owner)


def _count_alarms(draft: Draft) -> None:
    for node, names in draft.alarms.items():
        draft.nodes[node].details[f"{len(names)} {'alarm' if len(names) == 1 else 'alarms'}"] = None
