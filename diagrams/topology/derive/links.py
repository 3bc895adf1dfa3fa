"""Links that components declare, held against the network rules and policies that the graph holds."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.facts import items, text, whole
from topology.draft.parts import DraftAccess, DraftEdge
from topology.kinds import ContainerKind, EdgeKind, Kind

_SOURCES = (Kind.SERVICE, Kind.FUNCTION, Kind.INSTANCE, Kind.LOAD_BALANCER, Kind.API_GATEWAY, Kind.CDN, Kind.PROXY)
_TARGETS = (
    Kind.LOAD_BALANCER,
    Kind.API_GATEWAY,
    Kind.PROXY,
    Kind.SERVICE,
    Kind.FUNCTION,
    Kind.DATABASE,
    Kind.CACHE,
    Kind.QUEUE,
    Kind.STREAM,
    Kind.TOPIC,
    Kind.BUCKET,
    Kind.CDN,
)
# Reached through the provider's API, so by a policy and not by a network rule.
_BY_POLICY = (Kind.BUCKET, Kind.QUEUE, Kind.TOPIC, Kind.STREAM, Kind.EVENT_BUS, Kind.FUNCTION)


def add_links(draft: Draft) -> None:
    """Marks arrows that a link declares, adds those that only a link declares, and says where the two differ."""
    nodes = _by_component(draft)
    reach: dict[str, list[DraftAccess]] = {}
    for access in draft.accesses:
        reach.setdefault(access.target, []).append(access)
    between: dict[tuple[str, str], list[DraftEdge]] = {}
    for edge in draft.edges.values():
        between.setdefault((edge.source, edge.target), []).append(edge)
    declaring: set[str] = set()
    for component in draft.facts.graph.resources:
        if component.custom or "links" not in component.outputs:
            continue
        declaring.update(nodes.get(component.urn, ()))
        for link in items(component.outputs, "links"):
            target = draft.facts.by_urn.get(text(link, "to"))
            if target is not None:
                sources = _ranked(draft, nodes.get(component.urn, []), _SOURCES)
                goals = _ranked(draft, nodes.get(target.urn) or list(draft.bearers(target.urn)), _TARGETS)
                _declare(
                    draft,
                    component,
                    target,
                    port=whole(link, "port"),
                    sources=sources,
                    goals=goals,
                    between=between,
                    reach=reach,
                )
    _undeclared(draft, nodes, declaring)


def _by_component(draft: Draft) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for urn, node in draft.home.items():
        resource = draft.facts.by_urn.get(urn)
        for component in draft.facts.ancestors(resource) if resource is not None else ():
            found.setdefault(component.urn, {})[node] = None
    return {urn: list(nodes) for urn, nodes in found.items()}


def _ranked(draft: Draft, nodes: Iterable[str], order: tuple[Kind, ...]) -> list[str]:
    return sorted(
        nodes,
        key=lambda id_: (order.index(draft.nodes[id_].kind) if draft.nodes[id_].kind in order else len(order), id_),
    )


def _declare(
    draft: Draft,
    component: Resource,
    target: Resource,
    *,
    port: int | None,
    sources: list[str],
    goals: list[str],
    between: dict[tuple[str, str], list[DraftEdge]],
    reach: dict[str, list[DraftAccess]],
) -> None:
    if not sources or not goals:
        return
    why = (component.urn, f"{component.name} declares a link to {target.name}" + (f" on port {port}" if port else ""))
    wanted = (EdgeKind.TRAFFIC, EdgeKind.GRANT, EdgeKind.EVENT)
    found = [
        edge for source in sources for goal in goals for edge in between.get((source, goal), ()) if edge.kind in wanted
    ]
    for edge in found:
        edge.declared = True
        edge.evidence[why] = None
        if edge.guessed and port is not None:
            edge.labels, edge.guessed = {str(port): None}, False  # who declares it knows better
        if edge.kind is EdgeKind.TRAFFIC and port is not None and not _covers(edge.labels, port):
            edge.disagreement = f"the link declares port {port}, the network rules allow {', '.join(edge.labels)}"
    if found:
        return
    source, goal = sources[0], goals[0]
    if source == goal:
        return
    edge = DraftEdge(source=source, target=goal, kind=EdgeKind.TRAFFIC, declared=True, derived=False)
    if port is not None:
        edge.labels[str(port)] = None
    edge.evidence[why] = None
    through = _admitting(draft, source, reach.get(goal, []), port)
    if through is not None:
        edge.derived = True
        edge.evidence[(through.urn, through.why)] = None
    else:
        lack = "policy lets" if draft.nodes[goal].kind in _BY_POLICY else "network rule lets"
        reached = f" on port {port}" if port is not None else ""
        edge.disagreement = (
            f"a link is declared, but no {lack} {draft.nodes[source].label} reach {draft.nodes[goal].label}{reached}"
        )
    draft.edges[(source, goal, EdgeKind.TRAFFIC)] = edge
    between.setdefault((source, goal), []).append(edge)


def _covers(labels: Iterable[str], port: int) -> bool:
    known = [label.rpartition(" ")[2] for label in labels]
    numbers = [label for label in known if label[:1].isdigit() or label == "all"]
    return not numbers or any(_in_range(label, port) for label in numbers)


def _in_range(label: str, port: int) -> bool:
    low, _, high = label.partition("/")[0].partition("-")
    if label == "all" or not low.isdigit():
        return label == "all"
    return int(low) <= port <= int(high if high.isdigit() else low)


def _admitting(draft: Draft, source: str, accesses: Iterable[DraftAccess], port: int | None) -> DraftAccess | None:
    """The rule that lets a source in by its address or by a box around it."""
    around = set(draft.nodes[source].networks)
    container = draft.nodes[source].container
    while container:
        around.add(container)
        container = draft.containers[container].parent
    ranges = {cidr for one in around if (cidr := draft.containers[one].attributes.get("cidr"))}
    for access in accesses:
        fits = port is None or _in_range(access.ports, port)
        if fits and (access.world or access.source in around or _inside(ranges, access.source_text)):
            return access
    return None


def _inside(ranges: Iterable[str], outer: str) -> bool:
    try:
        wide = ipaddress.ip_network(outer)
        return any(_subnet_of(ipaddress.ip_network(one), wide) for one in ranges)
    except ValueError:
        return False


def _subnet_of(
    one: ipaddress.IPv4Network | ipaddress.IPv6Network, wide: ipaddress.IPv4Network | ipaddress.IPv6Network
) -> bool:
    if isinstance(one, ipaddress.IPv4Network) and isinstance(wide, ipaddress.IPv4Network):
        return one.subnet_of(wide)
    return isinstance(one, ipaddress.IPv6Network) and isinstance(wide, ipaddress.IPv6Network) and one.subnet_of(wide)


def _undeclared(draft: Draft, nodes: dict[str, list[str]], declaring: set[str]) -> None:
    """Arrows between two components, out of one that declares its links, that no link declares."""
    homes: dict[str, set[str]] = {}
    for component, members in nodes.items():
        for node in members:
            homes.setdefault(node, set()).add(component)
    for edge in draft.edges.values():
        apart = homes.get(edge.source) and homes.get(edge.target)
        same = homes.get(edge.source, set()) & homes.get(edge.target, set())
        if apart and edge.kind is EdgeKind.TRAFFIC and not edge.declared and (back := _answers(draft, edge)):
            edge.evidence[back] = None
            continue
        if edge.kind is EdgeKind.TRAFFIC and edge.source in declaring and apart and not same and not edge.declared:
            label = f" on {', '.join(edge.labels)}" if edge.labels else ""
            edge.disagreement = edge.disagreement or (
                f"the network lets {draft.nodes[edge.source].label} reach {draft.nodes[edge.target].label}{label}, "
                "but no link declares it"
            )


def _answers(draft: Draft, edge: DraftEdge) -> tuple[str, str] | None:
    """The declaration of the same link from its other end: on an overlay network both ends may begin to speak."""
    other = draft.edges.get((edge.target, edge.source, edge.kind))
    if other is None or not other.declared or not draft.nodes[edge.source].networks:
        return None
    boxes = set(draft.nodes[edge.source].networks) & set(draft.nodes[edge.target].networks)
    if not any(draft.containers[one].kind is ContainerKind.OVERLAY_NETWORK for one in boxes):
        return None
    return next((one for one in other.evidence if " declares a link to " in one[1]), None)
