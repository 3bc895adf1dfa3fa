"""The rows of one VPC or host: tiers from top to bottom, zones as columns."""

from __future__ import annotations

from dataclasses import replace

from topology.kinds import ContainerKind, Tier
from topology.parts import Container
from topology.views import metrics
from topology.views.deployment.items import Bar, Frame, Row
from topology.views.deployment.packing import GAP, Packing
from topology.views.deployment.places import Grid, Placing
from topology.views.deployment.plan import Extent, Gutters, Plan
from topology.views.order import TIERS, layers
from topology.views.scene import Role, Text, said

MOST_SEGMENTS = 8  # more are named by hovering their members
_NAMES = {ContainerKind.VPC: "VPC", ContainerKind.HOST: ""}
_STYLES = {ContainerKind.VPC: "vpc", ContainerKind.HOST: "host"}


class GridRows:
    """Builds the rows of one grid into a plan."""

    def __init__(self, plan: Plan, placing: Placing, grid: Grid, *, left: float, room: float, gutters: Gutters) -> None:
        self._plan = plan
        self._placing = placing
        self._grid = grid
        self._left, self._room = left, room
        self._x = left + gutters.left
        self._wide = room - gutters.left - gutters.right
        self._zones = grid.zones or [""]
        each = (self._wide - GAP * (len(self._zones) - 1)) / len(self._zones)
        self._columns = [(zone, self._x + place * (each + GAP), each) for place, zone in enumerate(self._zones)]
        self._packing = Packing(plan, grid, self._columns, wide=self._wide, each=each)
        self._free: list[int] = []

    def run(self) -> list[int]:
        """Adds everything; returns the rows beside which a service of the region may stand."""
        first = len(self._plan.rows)
        self._title()
        zone_first = self._zone_headings()
        level = layers(self._grid.nodes, self._plan.model.edges)
        for key in self._tier_keys():
            self._tier(key, level)
        last = len(self._plan.rows) - 1
        zoned = zone_first is not None
        self._frames(first, zone_first, last, level=1, zoned=zoned)
        self._plan.grids.append(
            Extent(
                left=self._x,
                right=self._x + self._wide,
                box_left=self._left,
                box_right=self._left + self._room,
                first=first,
                last=last,
            )
        )
        return self._free

    def _title(self) -> None:
        box = self._grid.container
        style = _STYLES.get(box.kind, "plain")
        name = _NAMES.get(box.kind, "")
        words = box.label if not name or box.label.startswith(name) else f"{name} {box.label}"
        cidr = box.attributes.get("cidr", "")
        if cidr and cidr not in words:
            words += f" {cidr}"
        extra = ", ".join(one.label for one in self._grid.others if one.kind is ContainerKind.CLUSTER)
        if extra:
            words += f" · cluster {extra}"
        text = said(
            self._left + 12,
            14,
            words,
            room=min(self._wide * 0.45, 330),
            size=12.5,
            style=f"th-{style}",
            bold=True,
            role=Role.HEADING,
            owner=box.id,
        )
        self._plan.add(Row(headings=[text], h=20))

    def _zone_headings(self) -> int | None:
        if not self._grid.zones:
            return None
        texts = [
            said(left + 10, 12, zone, room=wide - 30, size=12, style="th-zone", bold=True, role=Role.HEADING)
            for zone, left, wide in self._columns
        ]
        return self._plan.add(Row(headings=texts, h=15))

    def _tier_keys(self) -> list[str]:
        keys = {self._placing.tier_of(node, self._grid) for node in self._grid.nodes}
        keys |= {owner for owner, _ in self._grid.subnets} | set(self._grid.tiers)
        return sorted(keys, key=lambda key: (self._tier_place(key), key))

    def _tier_place(self, key: str) -> int:
        box = self._grid.tiers.get(key)
        tier = box.tier if box is not None else Tier(key.removeprefix("tier:") or Tier.MANAGEMENT)
        return TIERS[tier] if tier is not None else len(TIERS)

    def _tier(self, key: str, level: dict[str, int]) -> None:
        nodes = [node for node in self._grid.nodes if self._placing.tier_of(node, self._grid) == key]
        subnets = {zone: found for (owner, zone), found in self._grid.subnets.items() if owner == key}
        box = self._grid.tiers.get(key)
        if not nodes and not subnets and box is None:
            return
        first = len(self._plan.rows)
        self._plan.add(self._tier_headings(key, box, subnets))
        for network in self._segments(key):
            self._plan.add(self._bar(network))
        rows = self._packing.pack(nodes, level)
        for row in rows:
            index = self._plan.add(row)
            if any(item.form != "chip" for item in row.items):
                self._free.append(index)
        if not rows:
            self._plan.add(Row(h=14))
        last = len(self._plan.rows) - 1
        self._grounds(key, box, subnets, first, last)

    def _segments(self, key: str) -> list[Container]:
        """Overlay networks that are drawn above this tier: where traffic through them first arrives."""
        keys = self._tier_keys()
        found: list[Container] = []
        for network in self._joining()[:MOST_SEGMENTS]:
            here = {self._placing.tier_of(one, self._grid) for one in self._grid.nodes if network.id in one.networks}
            tiers = [one for one in keys if one in here]
            if tiers and tiers[min(1, len(tiers) - 1)] == key:
                found.append(network)
        return found

    def _joining(self) -> list[Container]:
        """Networks that join components; what one component's parts say among themselves is its own affair."""
        found: list[Container] = []
        for network in self._grid.networks:
            members = [one.component for one in self._grid.nodes if network.id in one.networks]
            if not all(members) or len(set(members)) != 1:
                found.append(network)
        return found

    def _bar(self, network: Container) -> Row:
        members = [one.label for one in self._grid.nodes if network.id in one.networks]
        driver = network.attributes.get("driver", "overlay")
        kind = "" if driver == "overlay" else f"{driver} "
        inside = " · internal" if network.attributes.get("internal") == "yes" else ""
        words = f"{kind}network {network.label}{inside}"
        room = self._columns[0][2] * 0.45 if self._grid.zones else 330
        if metrics.width(words, 11) > room:
            words = network.label
        text = heading_text(self._x + 14, 12.5, words, room, "th-host")
        text = replace(text, title=f"{kind or 'overlay '}network {network.label}{inside}: {', '.join(members)}")
        return Row(headings=[text], h=18, bar=Bar(container=network, x=self._x + 8, right=self._x + self._wide - 8))

    def _tier_headings(self, key: str, box: Container | None, subnets: dict[str, list[Container]]) -> Row:
        texts: list[Text] = []
        style = self._ground(key, box, subnets)[1]
        name = box.label if box is not None else key.removeprefix("tier:")
        if not subnets:
            left = self._columns[0][1]
            texts.append(said(left + 10, 11, name, room=160, size=11, style=style, role=Role.HEADING))
            return Row(headings=texts, h=15)
        for zone, left, wide in self._columns:
            here = subnets.get(zone, [])
            if not here:
                continue
            cidrs = ", ".join(one.attributes.get("cidr", "") or one.label for one in here)
            titles = " · ".join(one.label for one in here)
            room = min(wide * 0.5, 118)
            texts.append(said(left + 10, 11, name, room=room, size=11, style=style, role=Role.HEADING, title=titles))
            texts.append(said(left + 10, 23, cidrs, room=room, size=10, style="t2", role=Role.HEADING, title=titles))
        return Row(headings=texts, h=27)

    def _ground(self, key: str, box: Container | None, subnets: dict[str, list[Container]]) -> tuple[str, str]:
        public = box.public if box is not None else None
        for found in subnets.values():
            public = found[0].public if public is None else public
        if public is None:
            return "g-plain", "th-plain"
        return ("g-public", "th-public") if public else ("g-private", "th-private")

    def _grounds(
        self, key: str, box: Container | None, subnets: dict[str, list[Container]], first: int, last: int
    ) -> None:
        ground = self._ground(key, box, subnets)[0]
        zones = [one for one in self._columns if not subnets or one[0] in subnets]
        if not subnets:
            zones = [("", self._columns[0][1], self._wide)]
        for zone, left, wide in zones:
            here = subnets.get(zone, [])
            self._plan.frame(
                Frame(
                    style=ground,
                    x=left + 3,
                    right=left + wide - 3,
                    first=first,
                    last=last,
                    level=1,
                    bottom_level=1,
                    container=here[0] if here else box,
                    title=" · ".join(one.label for one in here),
                    radius=4,
                    border=False,
                )
            )

    def _frames(self, first: int, zone_first: int | None, last: int, *, level: int, zoned: bool) -> None:
        box = self._grid.container
        style = {"vpc": "f-vpc", "host": "f-host"}.get(_STYLES.get(box.kind, ""), "f-plain")
        self._plan.frame(
            Frame(
                style=style,
                x=self._left,
                right=self._left + self._room,
                first=first,
                last=last,
                level=level,
                bottom_level=3 if zoned else 2,
                container=box,
                title=box.label,
            )
        )
        for zone, left, wide in self._columns if zone_first is not None else []:
            self._plan.frame(
                Frame(
                    style="f-zone",
                    x=left,
                    right=left + wide,
                    first=zone_first or 0,
                    last=last,
                    level=1,
                    bottom_level=2,
                    title=zone,
                )
            )


def heading_text(x: float, y: float, words: str, room: float, style: str) -> Text:
    """A heading in a row of its own; `y` from the row's top."""
    return said(x, y, words, room=room, size=11, style=style, role=Role.HEADING)
