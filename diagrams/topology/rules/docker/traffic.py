"""Who speaks to whom on Docker: published ports, networks that belong to somebody, and the names in a configuration."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from archkit.graph import Resource
from topology.draft.draft import Draft, describe
from topology.draft.facts import items, text, texts
from topology.draft.parts import DraftAccess, DraftNode
from topology.draft.spec import Spec
from topology.kinds import EdgeKind, Kind
from topology.rules.docker.servers import servers
from topology.rules.docker.services import NETWORK

CONFIG = "docker:index/serviceConfig:ServiceConfig"
_HOST = re.compile(r"(?<![\w.-])(?:tasks\.)?(?P<name>[A-Za-z0-9][\w.-]*[\w])(?::(?P<port>\d{2,5}))?")
_PORTS = {server.name: server.port for server in servers()}
_FRONT = (Kind.LOAD_BALANCER, Kind.PROXY, Kind.CDN, Kind.SERVICE)


def add_traffic(draft: Draft) -> None:
    """All arrows between Docker's services."""
    _published(draft)
    names = _names(draft)
    own = {spec.name for spec in draft.specs.values()}
    for urn, spec in draft.specs.items():
        _named(draft, spec, draft.home[urn], names, own)
    _owned_networks(draft)


def _published(draft: Draft) -> None:
    for urn, spec in draft.specs.items():
        node = draft.home[urn]
        for port in spec.published:
            suffix = "" if port.protocol == "tcp" else f"/{port.protocol}"
            label = f"{port.outside or port.inside}{suffix}"
            why = f"{describe(spec.resource)} publishes port {label}"
            draft.connect(draft.users(), node, EdgeKind.TRAFFIC, label, spec.resource, why=why)
            draft.accesses.append(
                DraftAccess(
                    source="",
                    target=node,
                    source_text="whoever reaches the host",
                    ports=label,
                    world=True,
                    urn=urn,
                    why=why,
                )
            )


def _names(draft: Draft) -> dict[str, str]:
    """Node behind each name that Docker's DNS answers: services, containers, aliases."""
    found: dict[str, str] = {}
    for urn, spec in draft.specs.items():
        found[spec.name] = draft.home[urn]
        for network in spec.networks:
            for alias in texts(network, "aliases"):
                found.setdefault(alias, draft.home[urn])
    return found


def _named(draft: Draft, spec: Spec, node: str, names: dict[str, str], own: Collection[str]) -> None:
    where = [(spec.resource, word) for word in spec.words()]
    configs = draft.facts.linked(spec.resource, f"{spec.place}.configs".strip("."))
    where += [(one, text(one.inputs, "dataRaw") or text(one.inputs, "data")) for one in configs if one.type == CONFIG]
    for source, content in where:
        for match in _HOST.finditer(content):
            goal = names.get(match["name"].rstrip(".-"))
            port = match["port"] or ""
            if goal is None or goal == node or not (port or _is_host(content, match, own)):
                continue
            common = [box for box in draft.nodes[node].networks if box in draft.nodes[goal].networks]
            why = f"{describe(source)} names {match['name']}" + (f" on port {port}" if port else "")
            draft.connect(node, goal, _kind(draft.nodes[node]), port, source, why=why)
            if not common and (draft.nodes[node].networks or draft.nodes[goal].networks):
                made = draft.edges[(node, goal, _kind(draft.nodes[node]))]
                made.disagreement = (
                    f"{draft.nodes[node].label} names {draft.nodes[goal].label}, but no network joins the two"
                )


def _is_host(content: str, match: re.Match[str], own: Collection[str]) -> bool:
    """Whether a name that is an everyday word, as aliases are, stands where a host would: `host=repository`."""
    before = content[: match.start()].rstrip(" \"'")[-1:]
    return match["name"].rstrip(".-") in own or before in ("", *"=@/:,[")


def _kind(source: DraftNode) -> EdgeKind:
    return EdgeKind.TELEMETRY if source.kind is Kind.METRICS else EdgeKind.TRAFFIC


def _owned_networks(draft: Draft) -> None:
    """A network that carries its component's label belongs to it: whoever joins may connect to the component."""
    members: dict[str, list[str]] = {}
    for node in draft.nodes.values():
        for network in node.networks:
            members.setdefault(network, []).append(node.id)
    components = {draft.home[urn]: spec.labels.get("archkit.component", "") for urn, spec in draft.specs.items()}
    for resource in draft.facts.graph.resources:
        if resource.type != NETWORK:
            continue
        box = draft.box[resource.urn]
        joined = members.get(box, [])
        component = _component(resource)
        owners = [node for node in joined if component and components.get(node) == component]
        others = [node for node in joined if node not in set(owners)] if owners else []
        fronts = _fronts(draft, owners)
        if any(draft.nodes[one].kind is Kind.CONTROLLER for one in owners):
            _watch(draft, resource, fronts, others)
            continue
        for other in others:
            named = [goal for goal in fronts if (other, goal, _kind(draft.nodes[other])) in draft.edges]
            for goal in named or fronts:  # where it names some of them, it has no need of the others
                _join(draft, resource, other, goal)
        _segment(draft, resource, box, joined=joined, others=others, fronts=fronts)


def _watch(draft: Draft, network: Resource, controllers: Iterable[str], others: Iterable[str]) -> None:
    """Nobody asks a controller: who joins its network is who it looks at."""
    for controller in controllers:
        for other in others:
            why = f"{draft.nodes[other].label} has joined {describe(network)}, so that the controller can watch it"
            draft.connect(controller, other, EdgeKind.TELEMETRY, "", network, why=why)
            draft.accesses.append(
                DraftAccess(
                    source=controller,
                    target=other,
                    source_text=f"network {draft.containers[draft.box[network.urn]].label}",
                    ports="all",
                    world=False,
                    urn=network.urn,
                    why=f"both are on {describe(network)}",
                )
            )


def _component(network: Resource) -> str:
    for label in items(network.inputs, "labels"):
        if text(label, "label") == "archkit.component":
            return text(label, "value")
    return ""


def _fronts(draft: Draft, owners: list[str]) -> list[str]:
    """Of a component with several parts, the ones that others are meant to speak to."""
    for kind in _FRONT:
        found = [node for node in owners if draft.nodes[node].kind is kind]
        if found:
            return found
    return owners


def _join(draft: Draft, network: Resource, source: str, goal: str) -> None:
    kind = _kind(draft.nodes[source])
    edge = draft.edges.get((source, goal, kind))
    port = _PORTS.get(draft.nodes[goal].service)
    label = "" if (edge is not None and edge.labels) or port is None else str(port)
    why = f"{draft.nodes[source].label} has joined {describe(network)}, where {draft.nodes[goal].label} listens"
    if not draft.connect(source, goal, kind, label, network, why=why):
        return
    made = draft.edges[(source, goal, kind)]
    made.guessed = made.guessed or bool(label)


def _segment(
    draft: Draft, network: Resource, box: str, *, joined: Iterable[str], others: Iterable[str], fronts: Iterable[str]
) -> None:
    name = draft.containers[box].label
    for target in fronts:
        for source in others:
            draft.accesses.append(
                DraftAccess(
                    source=source,
                    target=target,
                    source_text=f"network {name}",
                    ports="all",
                    world=False,
                    urn=network.urn,
                    why=f"both are on {describe(network)}",
                )
            )
    if not fronts:
        for target in joined:
            draft.accesses.append(
                DraftAccess(
                    source=box,
                    target=target,
                    source_text=f"every member of network {name}",
                    ports="all",
                    world=False,
                    urn=network.urn,
                    why=f"is on {describe(network)}",
                )
            )
