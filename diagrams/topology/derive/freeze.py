"""The finished model: everything in a stable order, every resource accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.parts import DraftContainer, DraftEdge, DraftNode
from topology.kinds import Change, ContainerKind, EdgeKind, How
from topology.model import Model
from topology.parts import Access, Account, Badge, Container, Edge, Evidence, Member, Node

MOST_LABELS = 3
_DEPTH_LIMIT = 16


def freeze(draft: Draft, *, title: str, changes: Mapping[str, Change], unknown: tuple[str, ...]) -> Model:
    """The model of a draft; see `topology.model.Model`."""
    accounts = _accounts(draft, changes)
    touched = _touched(accounts)
    graph = draft.facts.graph
    edges = sorted((_edge(draft, edge, changes) for edge in draft.edges.values()), key=lambda one: one.id)
    known = {edge.id for edge in edges}
    return Model(
        title=title,
        nodes=tuple(_node(node, changes, touched) for _, node in sorted(draft.nodes.items())),
        containers=tuple(_container(box, changes) for box in _parents_first(draft.containers)),
        edges=tuple(edges),
        accounted=accounts,
        types={resource.urn: resource.type for resource in graph.resources},
        names={resource.urn: resource.name for resource in graph.resources},
        accesses=_accesses(draft, known),
        unknown=unknown,
        referenced=_referenced(draft),
        positions=dict(graph.positions),
        graph_hash=graph.hash,
    )


def _accounts(draft: Draft, changes: Mapping[str, Change]) -> dict[str, Account]:
    found: dict[str, Account] = {}
    for resource in draft.facts.graph.resources:
        account = _account(draft, resource)
        found[resource.urn] = Account(
            how=account.how, id=account.id, note=account.note, change=changes.get(resource.urn, Change.SAME)
        )
    return found


def _account(draft: Draft, resource: Resource) -> Account:
    if resource.urn in draft.home:
        return Account(how=How.DRAWN, id=draft.home[resource.urn])
    if resource.urn in draft.box:
        return Account(how=How.CONTAINER, id=draft.box[resource.urn])
    if resource.urn in draft.accounts and draft.accounts[resource.urn].id:
        return draft.accounts[resource.urn]
    if not resource.custom:
        return Account(how=How.FOLDED, id=_inside(draft, resource), note="component")
    return Account(how=How.FOLDED, id=draft.owner(resource) or _near(draft, resource))


def _inside(draft: Draft, component: Resource) -> str:
    """The first node or box below a component."""
    waiting = list(draft.facts.children.get(component.urn, ()))
    for _ in range(len(draft.facts.by_urn)):
        if not waiting:
            return ""
        one = waiting.pop(0)
        if found := draft.home.get(one.urn) or draft.box.get(one.urn):
            return found
        waiting.extend(draft.facts.children.get(one.urn, ()))
    return ""


def _near(draft: Draft, resource: Resource) -> str:
    """Where nothing says whose detail it is: a thing that uses it or that it uses."""
    for other in (*draft.users_of(resource), *draft.facts.everything_linked(resource)):
        if found := draft.owner(other):
            return found
    return ""


def _touched(accounts: Mapping[str, Account]) -> set[str]:
    """Nodes whose badges or folded details change."""
    hidden = (How.BADGE, How.FOLDED)
    return {one.id for one in accounts.values() if one.change is not Change.SAME and one.how in hidden and not one.note}


def change_of(urns: Iterable[str], changes: Mapping[str, Change]) -> Change:
    """One word for several resources: theirs where they agree, else an update."""
    found = {changes.get(urn, Change.SAME) for urn in urns}
    if len(found) == 1:
        return found.pop()
    return Change.UPDATE if found - {Change.SAME} else Change.SAME


def _node(node: DraftNode, changes: Mapping[str, Change], touched: set[str]) -> Node:
    change = change_of(node.urns, changes)
    if change is Change.SAME and node.id in touched:
        change = Change.UPDATE
    members = (
        Member(
            id=one.id,
            label=one.label,
            zone=one.zone,
            role=one.role,
            urn=one.urn,
            change=changes.get(one.urn, Change.SAME),
        )
        for one in node.members
    )
    return Node(
        id=node.id,
        kind=node.kind,
        label=node.label,
        type=node.type,
        urns=tuple(node.urns),
        service=node.service,
        component=node.component,
        icon=node.icon,
        details=tuple(detail for detail in node.details if detail),
        container=node.container,
        networks=tuple(sorted(node.networks)),
        tier=node.tier,
        region=node.region,
        zones=tuple(sorted(node.zones)),
        placement=node.placement,
        zone_note=node.zone_note,
        members=tuple(members),
        badges=_badges(node.badges),
        change=change,
    )


def _badges(badges: Iterable[Badge]) -> tuple[Badge, ...]:
    return tuple(sorted(set(badges), key=lambda one: (one.kind, one.label, one.urn)))


def _container(box: DraftContainer, changes: Mapping[str, Change]) -> Container:
    return Container(
        id=box.id,
        kind=box.kind,
        label=box.label,
        parent=box.parent,
        urns=tuple(box.urns),
        tier=box.tier,
        zone=box.zone,
        public=box.public,
        attributes=dict(sorted(box.attributes.items())),
        badges=_badges(box.badges),
        change=change_of(box.urns, changes) if box.urns else Change.SAME,
    )


def _referenced(draft: Draft) -> tuple[str, ...]:
    """Nodes that a box's own detail writes to or reads."""
    found: set[str] = set()
    for resource in draft.facts.graph.resources:
        if resource.type == "aws:ec2/flowLog:FlowLog":
            found.update(draft.homes(draft.facts.linked(resource, "logDestination")))
    return tuple(sorted(found))


def _parents_first(boxes: Mapping[str, DraftContainer]) -> list[DraftContainer]:
    def depth(box: DraftContainer) -> int:
        steps = 0
        while box.parent and steps < _DEPTH_LIMIT:
            box = boxes[box.parent]
            steps += 1
        return steps

    order = list(ContainerKind)
    return sorted(boxes.values(), key=lambda box: (depth(box), order.index(box.kind), box.id))


def _edge(draft: Draft, edge: DraftEdge, changes: Mapping[str, Change]) -> Edge:
    positions = draft.facts.graph.positions
    return Edge(
        id=edge.id,
        source=edge.source,
        target=edge.target,
        kind=edge.kind,
        label=_label(edge),
        evidence=tuple(
            Evidence(urn=urn, text=text, position=positions.get(urn)) for urn, text in sorted(edge.evidence)
        ),
        declared=edge.declared,
        derived=edge.derived,
        disagreement=edge.disagreement,
        change=change_of({urn for urn, _ in edge.evidence}, changes),
    )


def _label(edge: DraftEdge) -> str:
    """Short: a bare port that another label already says is dropped, and of many the first are shown."""
    labels = [
        one for one in edge.labels if not any(other != one and other.endswith(f" {one}") for other in edge.labels)
    ]
    labels.sort()
    most = 1 if edge.kind is EdgeKind.GRANT and len(labels) > MOST_LABELS - 1 else MOST_LABELS
    rest = len(labels) - most
    return ", ".join(labels[:most]) + (f" +{rest}" if rest > 0 else "")


def _accesses(draft: Draft, edges: set[str]) -> tuple[Access, ...]:
    found: list[Access] = []
    for one in draft.accesses:
        edge = next(
            (
                id_
                for kind in (EdgeKind.TRAFFIC, EdgeKind.TELEMETRY)
                if (id_ := f"{kind}--{one.source or ('users' if one.world else '')}--{one.target}") in edges
            ),
            "",
        )
        evidence = Evidence(urn=one.urn, text=one.why, position=draft.facts.graph.positions.get(one.urn))
        found.append(
            Access(
                source=one.source,
                target=one.target,
                source_text=one.source_text,
                ports=one.ports,
                world=one.world,
                evidence=(evidence,),
                edge=edge,
            )
        )
    return tuple(
        sorted(set(found), key=lambda one: (one.target, one.source, one.source_text, one.ports, one.evidence[0].text))
    )
