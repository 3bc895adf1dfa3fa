"""The architecture that a resource graph means: the one model that every view, check and lint rule reads.

Made by `topology.derive.derive(graph)`. All identifiers are stable slugs (`[a-z][a-z0-9-]*`), safe as SVG ids,
Graphviz node names and Mermaid ids, and depend on the resource alone: adding another one renames nothing.
Texts (labels, details, evidence) are plain and unescaped; a view escapes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any

from archkit.graph import Position, canonical
from topology.kinds import Change, ContainerKind, EdgeKind, How, Kind, Placement, Tier
from topology.parts import Access, Account, Badge, Container, Edge, Evidence, Member, Node

__all__ = [
    "Access",
    "Account",
    "Badge",
    "Change",
    "Container",
    "ContainerKind",
    "Edge",
    "EdgeKind",
    "Evidence",
    "How",
    "Kind",
    "Member",
    "Model",
    "Node",
    "Placement",
    "Tier",
    "plain",
]


@dataclass(frozen=True, kw_only=True)
class Model:
    """Everything that the views show. Nodes, containers and edges are in a stable order.

    Args:
        title: `web-aws`: the stack.
        nodes: Sorted by id.
        containers: Parents first, then by id; zones in order of their names.
        edges: Sorted by id.
        accounted: Every URN of the graph.
        types: Type token by URN, for the inventory.
        names: Logical name by URN.
        accesses: The security view's lines.
        unknown: URNs of types that no rule knows; each is a neutral node.
        referenced: Ids of nodes that another resource names without an arrow: the bucket of a VPC's flow log.
        positions: Where resources were written; not part of the hash.
        graph_hash: SHA-256 of the graph that the model was made from.

    """

    title: str
    nodes: tuple[Node, ...] = ()
    containers: tuple[Container, ...] = ()
    edges: tuple[Edge, ...] = ()
    accounted: Mapping[str, Account] = field(default_factory=dict[str, Account])
    types: Mapping[str, str] = field(default_factory=dict[str, str])
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    accesses: tuple[Access, ...] = ()
    unknown: tuple[str, ...] = ()
    referenced: tuple[str, ...] = ()
    positions: Mapping[str, Position] = field(default_factory=dict[str, Position], compare=False)
    graph_hash: str = ""

    @cached_property
    def node(self) -> Mapping[str, Node]:
        """Nodes by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def container(self) -> Mapping[str, Container]:
        """Containers by id."""
        return {container.id: container for container in self.containers}

    @cached_property
    def edge(self) -> Mapping[str, Edge]:
        """Edges by id."""
        return {edge.id: edge for edge in self.edges}

    @cached_property
    def counts(self) -> Mapping[How, int]:
        """Resources by how they are accounted for; the sum is the number of resources (the foot line)."""
        found = dict.fromkeys(How, 0)
        for account in self.accounted.values():
            found[account.how] += 1
        return found

    @cached_property
    def changed(self) -> bool:
        """True where a preview or comparison found any difference."""
        parts = (*self.nodes, *self.containers, *self.edges, *self.accounted.values())
        return any(part.change is not Change.SAME for part in parts)

    def at(self, urn: str) -> str:
        """`stacks/web.py:42`, or empty where the place is not known."""
        position = self.positions.get(urn)
        return f"{position.file}:{position.line}" if position else ""

    def document(self) -> dict[str, Any]:
        """The canonical model as plain data: no positions, nothing that differs from run to run."""
        return {one.name: plain(getattr(self, one.name)) for one in fields(self) if one.name != "positions"}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of `document()`: equal for equal pictures."""
        return hashlib.sha256(canonical(self.document()).encode()).hexdigest()


def plain(value: Any) -> Any:
    """Data for JSON: dataclasses as mappings, tuples as lists; positions are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value) if one.name != "position"}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value
