"""What stands where in a band: its members by zone, and in which zones there is an icon."""

from __future__ import annotations

from topology.parts import Member, Node
from topology.views.deployment.items import Item


def caption(member: Member, node: Node) -> list[str]:
    """What stands below the icon of one member."""
    label = member.label if member.label not in (node.label, member.role) else ""
    return [one for one in (member.role, label) if one]


def of(item: Item) -> list[tuple[float, float, list[Member], bool]]:
    """For each zone: its edges, the members there, and whether an icon stands in it."""
    node = item.node
    zones = set(node.zones) | {one.zone for one in node.members if one.zone}
    found: list[tuple[float, float, list[Member], bool]] = []
    loose = [one for one in node.members if not one.zone]
    columns = item.columns
    if not zones:  # nobody says where: one icon in the middle, and the note says who chooses
        middle = len(columns) // 2
        return [
            (left, right, loose if place == middle else [], place == middle)
            for place, (_, left, right) in enumerate(columns)
        ]
    spread: dict[str, list[Member]] = {zone: [] for zone, _, _ in columns}
    for member in node.members:
        if member.zone in spread:
            spread[member.zone].append(member)
    open_zones = [zone for zone, _, _ in columns if zone in zones]
    for place, member in enumerate(loose):
        if open_zones:
            spread[open_zones[place % len(open_zones)]].append(member)
    for zone, left, right in columns:
        shown = bool(spread[zone]) if node.members else zone in zones
        found.append((left, right, spread[zone], shown))
    return found
