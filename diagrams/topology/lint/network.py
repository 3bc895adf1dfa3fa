"""Questions about subnets, zones and open ports."""

from __future__ import annotations

from collections.abc import Iterator

from topology.kinds import ContainerKind, Kind, Placement, Tier
from topology.lint.finding import Finding, finding
from topology.model import Model

_WEB = ("80", "443")
# Runs nothing of the program's own: its zone says nothing about whether the tier survives.
_PASSIVE = (Kind.NAT, Kind.ENDPOINT, Kind.VOLUME)


def no_route_out(model: Model) -> Iterator[Finding]:
    """A private subnet in which machines run that cannot fetch an update or call an API."""
    inhabited = {network for node in model.nodes for network in node.networks}
    for box in model.containers:
        closed = box.kind is ContainerKind.SUBNET and box.attributes.get("route") == "none"
        if closed and box.tier is Tier.PRIVATE and box.id in inhabited and box.urns:
            yield finding(
                model,
                "no-route-out",
                box.id,
                urn=box.urns[0],
                label=box.label,
                reason="this private subnet's route table has no way out, so what runs in it cannot reach any service "
                "of the provider or fetch an update",
                remedy="route 0.0.0.0/0 to a NAT gateway, or move what runs there to the data tier and give the VPC "
                "interface endpoints",
            )


def open_to_the_world(model: Model) -> Iterator[Finding]:
    """A security group that admits every address on another port than those of the web."""
    for access in model.accesses:
        urn = access.evidence[0].urn
        if not access.world or access.ports in _WEB or not model.types.get(urn, "").startswith("aws:"):
            continue
        yield finding(
            model,
            "open-to-the-world",
            access.target,
            urn=urn,
            label=f"security group rule {model.names[urn]}",
            reason=f"lets every address reach {model.node[access.target].label} on port {access.ports}, "
            "where only 80 and 443 are meant for everybody",
            remedy="name the security group or address range that needs it; for administration use Session Manager",
        )


def single_zone(model: Model) -> Iterator[Finding]:
    """A tier that is gone when one zone is."""
    zones: dict[str, set[str]] = {}
    members: dict[str, int] = {}
    for node in model.nodes:
        box = model.container.get(node.container)
        if box is None or box.kind is not ContainerKind.TIER or node.kind in _PASSIVE:
            continue
        if node.placement is Placement.NONE or not node.zones:
            continue
        zones.setdefault(box.id, set()).update(node.zones)
        members[box.id] = members.get(box.id, 0) + 1
    for id_, known in zones.items():
        if len(known) == 1:
            box = model.container[id_]
            first = next(
                (node.urns[0] for node in model.nodes if node.container == id_ and node.urns and node.zones), ""
            )
            around = model.container.get(box.parent)
            yield finding(
                model,
                "single-zone",
                id_,
                urn=first,
                label=f"{box.label} tier of {around.label if around else 'the stack'}",
                reason=f"everything in it stands in {next(iter(known))} ({members[id_]} in all), "
                "so the loss of that zone takes the whole tier",
                remedy="give it subnets in two or more zones and members in each",
            )
