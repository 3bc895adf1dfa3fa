"""Docker's services and containers as nodes: likes together, with a member for each."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.facts import items, text, texts
from topology.draft.ids import natural, slug
from topology.draft.parts import DraftContainer, DraftNode
from topology.draft.spec import CONTAINER, SERVICE, Spec, spec_of
from topology.kinds import ContainerKind, How, Kind, Placement, Tier
from topology.parts import Badge, Member
from topology.rules.docker.servers import UNKNOWN, Server, runtime_of, server_of

NETWORK = "docker:index/network:Network"
VOLUME = "docker:index/volume:Volume"
SPREAD = "spread by Swarm"
CHOSEN = "zone chosen by Swarm"


def host_of(draft: Draft, resource: Resource) -> str:
    """Id of the box of the Docker Engine (or swarm) that a resource runs on; made at first use."""
    provider = str(resource.options.get("provider", ""))
    known = draft.facts.by_urn.get(provider) or draft.facts.by_urn.get(provider.rpartition("::")[0])
    host = text(known.inputs, "host") if known is not None else ""
    name = known.name if known is not None and host and "default" not in known.name else ""
    id_ = f"host-{slug(name)}" if name else "host"
    label = "Docker Swarm" if draft.swarm else "Docker host"
    return draft.add_container(
        DraftContainer(
            id=id_,
            kind=ContainerKind.HOST,
            label=f"{label} {name}".strip(),
            attributes={"host": host} if host and name else {},
        )
    ).id


def add_boxes(draft: Draft) -> None:
    """Hosts and networks."""
    mine = [one for one in draft.facts.graph.resources if one.type.startswith("docker:")]
    draft.swarm = any(one.type == SERVICE for one in mine)
    for resource in mine:
        if resource.type == NETWORK:
            driver = text(resource.inputs, "driver") or "bridge"
            attributes = {"driver": driver}
            for key in ("internal", "attachable"):
                if resource.inputs.get(key) is True:
                    attributes[key] = "yes"
            draft.add_container(
                DraftContainer(
                    id=draft.ids[resource.urn],
                    kind=ContainerKind.OVERLAY_NETWORK,
                    label=text(resource.inputs, "name") or resource.name,
                    parent=host_of(draft, resource),
                    urns=[resource.urn],
                    public=False if resource.inputs.get("internal") is True else None,
                    attributes=attributes,
                )
            )


def add_nodes(draft: Draft) -> None:
    """One node for each service, or for several that are alike but for their number or zone."""
    groups: dict[tuple[str, ...], list[Spec]] = {}
    for resource in draft.facts.graph.resources:
        if resource.type in (SERVICE, CONTAINER):
            spec = spec_of(resource)
            draft.specs[resource.urn] = spec
            draft.commands.setdefault(spec.image, []).extend(spec.command)
        elif resource.outputs.get("capability") == "image" and (name := text(resource.outputs, "reference")):
            draft.commands.setdefault(name, []).extend(texts(resource.outputs, "starts"))
    for spec in draft.specs.values():
        groups.setdefault(_likeness(draft, spec), []).append(spec)
        if _server(draft, spec).kind in (Kind.DATABASE, Kind.CACHE):
            draft.data.add(spec.labels.get("archkit.component", "") or spec.name)
    for specs in groups.values():
        specs.sort(key=lambda spec: natural(spec.name))
        alike = len(specs) > 1 and len({spec.stem for spec in specs}) == 1
        for part in [specs] if alike else [[spec] for spec in specs]:
            _add(draft, part)


def _likeness(draft: Draft, spec: Spec) -> tuple[str, ...]:
    networks = sorted(one.urn for one in draft.facts.linked(spec.resource, spec.network_path))
    images = sorted(one.urn for one in draft.facts.linked(spec.resource, f"{spec.place}.image".strip(".")))
    labels = spec.labels
    return (
        host_of(draft, spec.resource),
        spec.resource.type,
        labels.get("archkit.component", ""),
        labels.get("archkit.role", ""),
        spec.stem,
        spec.image or ",".join(images),
        *networks,
    )


def _server(draft: Draft, spec: Spec) -> Server:
    labels = spec.labels
    if spec.program and (found := server_of(spec.program)) is not UNKNOWN:
        return found
    hints = [labels.get(key, "") for key in ("archkit.server", "archkit.role", "archkit.component")]
    made = [one.name for one in draft.facts.linked(spec.resource, f"{spec.place}.image".strip("."))]
    named = [text(one.inputs, "name") for one in draft.facts.linked(spec.resource, f"{spec.place}.image".strip("."))]
    found = server_of(spec.image, [*named, *made, *hints])
    if found is UNKNOWN and not spec.image:
        found = server_of(spec.name)
    if found is not UNKNOWN:
        return found
    return runtime_of(draft.commands[spec.image] if spec.image else spec.command)


def _add(draft: Draft, specs: list[Spec]) -> None:
    first = specs[0]
    server = _server(draft, first)
    published = any(spec.published for spec in specs)
    tier = Tier.PUBLIC if published and server.tier is Tier.PRIVATE else server.tier
    kind = server.kind
    if kind is Kind.LOAD_BALANCER and not published and first.labels.get("archkit.component", "") in draft.data:
        kind, tier = Kind.PROXY, Tier.DATA  # it stands before the members of a database, not before the design
    id_ = draft.ids[first.resource.urn] if len(specs) == 1 else f"docker-{slug('-'.join((first.stem, 'group')))}"
    if id_ in draft.nodes:
        id_ = f"{id_}-{slug(host_of(draft, first.resource))}-{len(draft.nodes)}"
    node = draft.add_node(
        DraftNode(
            id=id_,
            kind=kind,
            label=first.resource.name if len(specs) == 1 else f"{_together(specs)} × {len(specs)}",  # noqa: RUF001 - a multiplication sign
            component=first.labels.get("archkit.component", ""),
            type=first.resource.type,
            urns=[spec.resource.urn for spec in specs],
            service=server.name
            if server is not UNKNOWN
            else "service"
            if first.resource.type == SERVICE
            else "container",
            icon=server.icon,
            tier=tier,
            container=host_of(draft, first.resource),
        )
    )
    _size(node, specs)
    _place(draft, node, specs)
    for spec in specs:
        for network in draft.facts.linked(spec.resource, spec.network_path, "networkMode"):
            if network.urn in draft.box:
                node.networks[draft.box[network.urn]] = None


def _together(specs: list[Spec]) -> str:
    """What likes are called together: by their names in the program, where those agree, else by those in Docker."""
    names = {spec.without_place(spec.resource.name) for spec in specs}
    return names.pop() if len(names) == 1 else specs[0].stem


def _size(node: DraftNode, specs: list[Spec]) -> None:
    if any(spec.everywhere for spec in specs):
        node.details["one on every node"] = None
    elif len(specs) == 1 and (count := specs[0].replicas) is not None:
        node.details[f"{count} {'replica' if count == 1 else 'replicas'}"] = None
    ports = [
        f"{port.outside}{'' if port.protocol == 'tcp' else f'/{port.protocol}'}"
        for spec in specs
        for port in spec.published
        if port.outside
    ]
    for port in dict.fromkeys(ports) if len(specs) == 1 else [", ".join(ports)] if 0 < len(ports) < 4 else []:
        node.details[f"published {port}"] = None


def _place(draft: Draft, node: DraftNode, specs: list[Spec]) -> None:
    if len(specs) > 1:
        for spec in specs:
            node.members.append(
                Member(
                    id=draft.ids[spec.resource.urn],
                    label=spec.resource.name,
                    zone=spec.zone,
                    role="" if spec.zone or spec.resource.type == SERVICE else "container",
                    urn=spec.resource.urn,
                )
            )
    pinned = {spec.zone for spec in specs if spec.zone}
    if pinned:
        node.zones |= pinned
        node.placement = Placement.IN
    elif all(spec.everywhere for spec in specs):
        node.zones |= set(_known_zones(draft, specs[0].resource))
        node.placement = Placement.IN if node.zones else Placement.CHOSEN
    elif len(specs) == 1 and specs[0].spread and specs[0].replicas == 1:
        node.placement, node.zone_note = Placement.MAY, CHOSEN
    elif any(spec.spread for spec in specs):
        node.zones |= set(_known_zones(draft, specs[0].resource))
        node.placement, node.zone_note = Placement.MAY, SPREAD
    elif draft.swarm:
        node.placement = Placement.CHOSEN


def _known_zones(draft: Draft, resource: Resource) -> list[str]:
    for component in draft.facts.ancestors(resource):
        if zones := texts(component.outputs, "zones"):
            return zones
    return sorted({spec.zone for spec in draft.specs.values() if spec.zone})


def fold_volume(draft: Draft, resource: Resource) -> None:
    """A volume is a badge of who mounts it; one that nobody mounts stays visible."""
    owners = _mounters(draft, resource)
    for owner in owners:
        draft.nodes[owner].badges.append(
            Badge(kind="volume", label=f"volume {resource.name}", urn=resource.urn, icon="docker/volume")
        )
    if owners:
        draft.account(resource, How.BADGE, owners[0])


def mounted(draft: Draft, volume: Resource) -> bool:
    """Whether a service or container of the program mounts a volume."""
    return bool(_mounters(draft, volume))


def _mounters(draft: Draft, volume: Resource) -> list[str]:
    name = text(volume.inputs, "name")
    return list(draft.mounts.get(volume.urn) or draft.mounts.get(name, {}))


def index_mounts(draft: Draft) -> None:
    """Who mounts which volume, by the volume's URN and by its name in Docker."""
    for urn, spec in draft.specs.items():
        paths = (f"{spec.place}.mounts".strip("."), "volumes")
        for volume in draft.facts.linked(spec.resource, *paths):
            draft.mounts.setdefault(volume.urn, {})[draft.home[urn]] = None
        for key, source in (("mounts", "source"), ("volumes", "volumeName")):
            for mount in items(spec.inner, key):
                if name := text(mount, source):
                    draft.mounts.setdefault(name, {})[draft.home[urn]] = None
