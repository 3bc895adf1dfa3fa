"""Which box each node of a model stands in: the strip on top, a region, or a grid of zones and tiers."""

from __future__ import annotations

from dataclasses import dataclass, field

from topology.kinds import ContainerKind, EdgeKind, Kind, Tier
from topology.model import Model
from topology.parts import Container, Node

GRIDS = (ContainerKind.VPC, ContainerKind.HOST)
LOOSE_GRIDS = (ContainerKind.CLUSTER, ContainerKind.EXTERNAL_SITE)
_OUTSIDE = frozenset({Kind.USERS, Kind.DNS, Kind.CDN, Kind.EXTERNAL})


@dataclass(kw_only=True)
class Grid:
    """A VPC or a host: columns are zones, bands of rows are tiers."""

    container: Container
    nodes: list[Node] = field(default_factory=list[Node])
    zones: list[str] = field(default_factory=list[str])
    tiers: dict[str, Container] = field(default_factory=dict[str, Container])
    subnets: dict[tuple[str, str], list[Container]] = field(default_factory=dict[tuple[str, str], list[Container]])
    networks: list[Container] = field(default_factory=list[Container])
    others: list[Container] = field(default_factory=list[Container])


@dataclass(kw_only=True)
class Area:
    """A region, or what stands in none; `container` is None for the latter."""

    container: Container | None
    nodes: list[Node] = field(default_factory=list[Node])
    grids: list[Grid] = field(default_factory=list[Grid])


@dataclass(kw_only=True)
class Places:
    """Everything that the deployment view puts on paper."""

    strip: list[Node]
    areas: list[Area]
    loose: list[Node]


class Placing:
    """Sorts the nodes and boxes of one model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._areas: dict[str, Area] = {}
        self._grids: dict[str, Grid] = {}
        self._home: dict[str, tuple[str, str]] = {}

    def run(self) -> Places:
        for container in self._model.containers:
            self._box(container)
        for container in self._model.containers:
            self._inside(container)
        strip: list[Node] = []
        loose: list[Node] = []
        for node in self._model.nodes:
            region, grid = self.home(node.container)
            if grid:
                self._grids[grid].nodes.append(node)
            elif region:
                self._areas[region].nodes.append(node)
            elif node.tier in (Tier.OUTSIDE, Tier.EDGE) or node.kind in _OUTSIDE:
                strip.append(node)
            else:
                loose.append(node)
        for grid in self._grids.values():
            zones = {zone for node in grid.nodes for zone in node.zones}
            zones |= {member.zone for node in grid.nodes for member in node.members if member.zone}
            grid.zones = sorted(zones | set(grid.zones))
        areas = [area for area in self._areas.values() if area.nodes or area.grids]
        copies = self._copies()
        areas.sort(
            key=lambda one: (
                copies.get(one.container.id if one.container else "", 0),
                -(len(one.nodes) + sum(len(grid.nodes) + 1 for grid in one.grids)),
            )
        )
        return Places(strip=strip, areas=areas, loose=loose)

    def _copies(self) -> dict[str, int]:
        """How many copies each region takes in from others: where data comes from stands above where it goes."""
        regions = {node.id: self.home(node.container)[0] for node in self._model.nodes}
        found: dict[str, int] = {}
        for edge in self._model.edges:
            source, target = regions.get(edge.source, ""), regions.get(edge.target, "")
            if edge.kind in (EdgeKind.REPLICATION, EdgeKind.BACKUP) and source and target and source != target:
                found[target] = found.get(target, 0) + 1
        return found

    def home(self, container: str) -> tuple[str, str]:
        """Ids of the region and of the grid around a box; each may be empty."""
        if container in self._home:
            return self._home[container]
        box = self._model.container.get(container)
        if box is None:
            return "", ""
        region, grid = self.home(box.parent)
        if container in self._grids:
            grid = container
        if container in self._areas:
            region = container
        self._home[container] = (region, grid)
        return region, grid

    def _box(self, box: Container) -> None:
        parent = self._model.container.get(box.parent)
        if box.kind is ContainerKind.REGION:
            self._areas[box.id] = Area(container=box)
        is_loose = box.kind in LOOSE_GRIDS and not self.home(box.parent)[1]
        if box.kind in GRIDS or is_loose:
            grid = Grid(container=box)
            self._grids[box.id] = grid
            region = self.home(box.parent)[0] if parent else ""
            if region not in self._areas:
                self._areas[region] = Area(container=self._model.container.get(region))
            self._areas[region].grids.append(grid)

    def _inside(self, box: Container) -> None:
        grid = self._grids.get(self.home(box.id)[1])
        if grid is None or box.id in self._grids:
            return
        if box.kind is ContainerKind.TIER:
            grid.tiers[box.id] = box
        elif box.kind is ContainerKind.SUBNET:
            tier = self._model.container.get(box.parent)
            owner = tier.id if tier is not None and tier.kind is ContainerKind.TIER else f"tier:{box.tier or ''}"
            grid.subnets.setdefault((owner, box.zone), []).append(box)
            if box.zone:
                grid.zones.append(box.zone)
        elif box.kind is ContainerKind.ZONE:
            grid.zones.append(box.zone or box.label)
        elif box.kind is ContainerKind.OVERLAY_NETWORK:
            grid.networks.append(box)
        else:
            grid.others.append(box)

    def tier_of(self, node: Node, grid: Grid) -> str:
        """Key of the tier that a node of a grid stands in."""
        box = self._model.container.get(node.container)
        while box is not None and box.id not in self._grids:
            if box.id in grid.tiers:
                return box.id
            if box.kind is ContainerKind.SUBNET and (f"tier:{box.tier or ''}", box.zone) in grid.subnets:
                return f"tier:{box.tier or ''}"
            box = self._model.container.get(box.parent)
        for one in grid.tiers.values():
            if one.tier is node.tier:
                return one.id
        return f"tier:{node.tier}"
