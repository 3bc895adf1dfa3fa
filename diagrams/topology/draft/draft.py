"""The model while it is being made: rules add nodes, boxes, arrows and accounts to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archkit.graph import Resource
from topology.draft.facts import Facts, text
from topology.draft.ids import resource_ids, short_type, slug
from topology.draft.parts import DraftAccess, DraftContainer, DraftEdge, DraftNode
from topology.draft.spec import Spec
from topology.draft.traits import Role, Traits
from topology.kinds import EdgeKind, How, Kind, Tier
from topology.parts import Account

USERS = "users"


class Draft:
    """Everything found so far.

    Args:
        facts: The graph.
        rules: What is known of each type that a rule draws.

    """

    def __init__(self, facts: Facts, rules: Mapping[str, Traits]) -> None:
        self.facts = facts
        self.rules = rules
        self.ids = resource_ids(facts.graph.resources)
        self.nodes: dict[str, DraftNode] = {}
        self.containers: dict[str, DraftContainer] = {}
        self.edges: dict[tuple[str, str, EdgeKind], DraftEdge] = {}
        self.accesses: list[DraftAccess] = []
        self.home: dict[str, str] = {}  # URN -> node
        self.box: dict[str, str] = {}  # URN -> container
        self.accounts: dict[str, Account] = {}
        self.default_region = ""
        self.swarm = False
        self.data: set[str] = set()  # components that keep data on Docker
        self.specs: dict[str, Spec] = {}  # URN of a Docker service or container
        self.commands: dict[str, list[str]] = {}  # image -> words of all that is started from it
        self.mounts: dict[str, dict[str, None]] = {}  # URN or name of a volume -> nodes
        self.parts: dict[str, list[Resource]] = {}  # owner's URN -> its resources of role PART
        self._users: dict[str, list[Resource]] = {}
        self.alarms: dict[str, list[str]] = {}  # node -> names of the alarms that it hears
        self.targets: dict[str, list[str]] = {}  # target group URN -> nodes
        self._carried_by: dict[str, list[str]] = {}
        self._bearers: dict[str, tuple[str, ...]] = {}
        for resource in facts.graph.resources:
            rule = rules.get(resource.type)
            if rule is not None and rule.carries:
                for part in facts.linked(resource, *rule.carries):
                    self._carried_by.setdefault(part.urn, []).append(resource.urn)

    def users_of(self, resource: Resource) -> list[Resource]:
        """The resources whose inputs use this one."""
        if not self._users:
            for other in self.facts.graph.resources:
                for used in self.facts.everything_linked(other):
                    self._users.setdefault(used.urn, []).append(other)
        return self._users.get(resource.urn, [])

    def rule(self, resource: Resource) -> Traits | None:
        return self.rules.get(resource.type)

    def add_node(self, node: DraftNode) -> DraftNode:
        """Adds a node and makes it the home of its resources."""
        self.nodes[node.id] = node
        self.home.update(dict.fromkeys(node.urns, node.id))
        if node.urns:
            self._bearers.clear()
        return node

    def add_primary(self, *resources: Resource, id_: str = "", label: str = "") -> DraftNode:
        """Adds the node of a resource by its rule; of several that are drawn as one, the first gives the rule."""
        first = resources[0]
        rule = self.rules[first.type]
        return self.add_node(
            DraftNode(
                id=id_ or self.ids[first.urn],
                kind=rule.kind,
                label=label or first.name,
                type=first.type,
                urns=[resource.urn for resource in resources],
                service=rule.service,
                icon=rule.icon,
                tier=rule.tier,
                region=self.region(first),
            )
        )

    def add_container(self, container: DraftContainer) -> DraftContainer:
        """Adds a box, or gives the one of that id."""
        found = self.containers.setdefault(container.id, container)
        self.box.update(dict.fromkeys(container.urns, container.id))
        return found

    def users(self) -> str:
        """The node for people and programs outside; made at first use."""
        if USERS not in self.nodes:
            self.add_node(DraftNode(id=USERS, kind=Kind.USERS, label="users", icon="generic/users", tier=Tier.OUTSIDE))
        return USERS

    def external(self, name: str, kind: Kind = Kind.EXTERNAL, service: str = "", icon: str = "") -> str:
        """A node for something that the program names and does not make."""
        id_ = f"external-{slug(name)}"
        if id_ not in self.nodes:
            self.add_node(DraftNode(id=id_, kind=kind, label=name, service=service, icon=icon, tier=Tier.OUTSIDE))
        return id_

    def bearers(self, urn: str) -> tuple[str, ...]:
        """Ids of the nodes that a resource is part of: its own node, or those that carry it, however indirectly."""
        if urn in self._bearers:
            return self._bearers[urn]
        found: dict[str, None] = {}
        seen = {urn}
        waiting = [urn]
        while waiting:
            one = waiting.pop()
            if one in self.home:
                found[self.home[one]] = None
                continue
            above = [urn for urn in (*self._carried_by.get(one, ()), *self._owners(one)) if urn not in seen]
            seen.update(above)
            waiting.extend(above)
        self._bearers[urn] = tuple(sorted(found))
        return self._bearers[urn]

    def _owners(self, urn: str) -> list[str]:
        resource = self.facts.by_urn.get(urn)
        rule = self.rule(resource) if resource is not None else None
        if resource is None or rule is None or not rule.of:
            return []
        return [one.urn for one in self.facts.linked(resource, *rule.of)]

    def homes(self, resources: Iterable[Resource]) -> tuple[str, ...]:
        """Ids of the nodes behind several resources, each once."""
        return tuple(dict.fromkeys(node for resource in resources for node in self.bearers(resource.urn)))

    def owner(self, resource: Resource, *, _depth: int = 0) -> str:
        """The node or box that a resource is a detail of: by its rule's `of`, by who carries it, by what it uses."""
        if resource.urn in self.home or resource.urn in self.box:
            return self.home.get(resource.urn) or self.box[resource.urn]
        rule = self.rule(resource)
        if rule is not None and _depth < 8:
            for path in rule.of:
                linked = self.facts.linked(resource, path)
                for one in sorted(linked, key=lambda one: one.urn not in self.home):
                    if found := self.owner(one, _depth=_depth + 1):
                        return found
        return next(iter(self.bearers(resource.urn)), "")

    def connect(self, source: str, target: str, kind: EdgeKind, label: str, because: Resource, *, why: str = "") -> str:
        """Adds an arrow, or a label and evidence to the one that is there; gives its id, empty for a loop."""
        if not source or not target or source == target:
            return ""
        edge = self.edges.setdefault((source, target, kind), DraftEdge(source=source, target=target, kind=kind))
        if label:
            edge.labels[label] = None
        edge.evidence[(because.urn, why or describe(because))] = None
        edge.derived = True
        self.account(because, How.EDGE, edge.id)
        return edge.id

    def account(self, resource: Resource, how: How, id_: str, note: str = "") -> None:
        """Says where a resource went; the first word stands."""
        if resource.urn not in self.home and resource.urn not in self.box:
            self.accounts.setdefault(resource.urn, Account(how=how, id=id_, note=note))

    def region(self, resource: Resource) -> str:
        """Region of a resource: its own input, its provider's, or the stack's (empty where nothing says it)."""
        rule = self.rule(resource)
        if rule is not None and rule.world:
            return ""
        if own := text(resource.inputs, "region"):
            return own
        provider = str(resource.options.get("provider", ""))
        known = self.facts.by_urn.get(provider) or self.facts.by_urn.get(provider.rpartition("::")[0])
        if known is not None and (own := text(known.inputs, "region")):
            return own
        return self.default_region


def describe(resource: Resource) -> str:
    """A resource in words: `security group rule app-to-data`."""
    return f"{short_type(resource.type).partition('-')[2].replace('-', ' ')} {resource.name}"


def of_role(draft: Draft, role: Role) -> list[Resource]:
    """All resources whose rule has that role."""
    found: list[Resource] = []
    for resource in draft.facts.graph.resources:
        rule = draft.rule(resource)
        if rule is not None and rule.role is role:
            found.append(resource)
    return found
