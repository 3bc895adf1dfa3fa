"""What a reader can take in: where many things are alike, they become one box that lists their names.

Alike means: same kind, service, type, box, zones, badges and change. Arrows of the members become one arrow, and the
account of resources does not change: a member is drawn, inside its group.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from topology.kinds import Change, EdgeKind, Kind
from topology.model import Model
from topology.parts import Edge, Evidence, Node

LIMIT = 14  # so many things a picture may have before like ones are drawn together
LEAST = 3  # fewer are never drawn together
SHOWN = 60  # names in a group; the inventory has all of them
EVIDENCE = 12  # kept on an arrow that stands for many


@dataclass(frozen=True, kw_only=True)
class Group:
    """Like nodes under one roof; `node` stands for them."""

    node: Node
    nodes: tuple[Node, ...]
    shown: int = SHOWN


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A model that fits a picture. `groups` by the id of the node that stands for them."""

    model: Model
    groups: Mapping[str, Group]


def summarise(model: Model, limit: int = LIMIT) -> Summary:
    """Draws like nodes together where there are more than `limit`; else leaves the model alone."""
    model = replace(model, edges=fewer_arrows(model))
    if len(model.nodes) <= limit:
        return Summary(model=model, groups={})
    alike: dict[tuple[object, ...], list[Node]] = {}
    for node in model.nodes:
        alike.setdefault(_likeness(node), []).append(node)
    groups: dict[str, Group] = {}
    stands: dict[str, str] = {}
    nodes: list[Node] = []
    for members in alike.values():
        if len(members) < LEAST:
            nodes.extend(members)
            continue
        group = _group(members)
        groups[group.node.id] = group
        stands |= {node.id: group.node.id for node in members}
        nodes.append(group.node)
    smaller = replace(model, nodes=tuple(sorted(nodes, key=lambda one: one.id)), edges=_edges(model, stands))
    return Summary(model=smaller, groups=groups)


def fewer_arrows(model: Model) -> tuple[Edge, ...]:
    """Permissions that go with a connection or a copy are told by its arrow; the security view has all."""
    by_pair = {(one.source, one.target): one for one in model.edges if one.kind is EdgeKind.TRAFFIC}
    copies: dict[str, Edge] = {}
    pairs: dict[frozenset[str], Edge] = {}
    for one in model.edges:
        if one.kind in (EdgeKind.BACKUP, EdgeKind.REPLICATION):
            pairs[frozenset((one.source, one.target))] = one
            copies.setdefault(one.source, one)
    taken: dict[str, list[Edge]] = {}
    kept: list[Edge] = []
    for one in model.edges:
        host = None
        if one.kind is EdgeKind.GRANT and one.change is Change.SAME:
            host = by_pair.get((one.source, one.target)) or pairs.get(frozenset((one.source, one.target)))
            if host is None and model.node[one.source].kind is Kind.BACKUP_VAULT:
                host = copies.get(one.target)
        if host is None:
            kept.append(one)
        else:
            taken.setdefault(host.id, []).append(one)
    return tuple(_with(one, taken[one.id]) if one.id in taken else one for one in kept)


def _with(edge: Edge, grants: list[Edge]) -> Edge:
    labels = [edge.label]
    if edge.kind is EdgeKind.TRAFFIC:
        labels += [one.label for one in grants]
    evidence = (*edge.evidence, *(proof for one in grants for proof in one.evidence))
    return replace(edge, label=", ".join(one for one in labels if one), evidence=evidence[:EVIDENCE])


def _likeness(node: Node) -> tuple[object, ...]:
    parts = (node.kind, node.service, node.type, node.icon, node.container, node.tier, node.region, node.zones)
    return (*parts, tuple(badge.kind for badge in node.badges), node.change, bool(node.members))


def _group(members: list[Node]) -> Group:
    first = members[0]
    what = first.service or str(first.kind).replace("-", " ")
    common = {one.details[0] for one in members if one.details}
    node = replace(
        first,
        id=f"group-{first.id}",
        label=f"{len(members)} \u00d7 {what}",
        urns=tuple(urn for one in members for urn in one.urns),
        details=(common.pop(),) if len(common) == 1 else (),
        members=(),
        networks=tuple(sorted({network for one in members for network in one.networks})),
    )
    return Group(node=node, nodes=tuple(sorted(members, key=lambda one: (_numbered(one.label), one.id))))


def _edges(model: Model, stands: Mapping[str, str]) -> tuple[Edge, ...]:
    merged: dict[tuple[str, str, str, str], list[Edge]] = {}
    for edge in model.edges:
        source, target = stands.get(edge.source, edge.source), stands.get(edge.target, edge.target)
        if source != target:
            change = edge.change if edge.change is not Change.SAME else ""
            merged.setdefault((source, target, str(edge.kind), str(change)), []).append(edge)
    found: list[Edge] = []
    for (source, target, _, _), edges in merged.items():
        first = edges[0]
        if len(edges) == 1 and source == first.source and target == first.target:
            found.append(first)
            continue
        labels = dict.fromkeys(edge.label for edge in edges if edge.label)
        evidence = tuple(one for edge in edges[:EVIDENCE] for one in edge.evidence)[:EVIDENCE]
        if len(edges) > EVIDENCE:
            evidence += (Evidence(urn="", text=f"and {len(edges) - EVIDENCE} more: see the inventory"),)
        words = next((edge.disagreement for edge in edges if edge.disagreement), "")
        label = ", ".join(list(labels)[:3]) + (", …" if len(labels) > 3 else "")
        found.append(replace(first, source=source, target=target, label=label, evidence=evidence, disagreement=words))
    return tuple(sorted(found, key=lambda one: one.id))


def _numbered(label: str) -> list[tuple[int, str]]:
    """Orders `tool-2` before `tool-10`."""
    return [(int(one), "") if one.isdecimal() else (0, one) for one in re.split(r"(\d+)", label)]
