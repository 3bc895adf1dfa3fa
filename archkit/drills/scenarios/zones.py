"""What the scenarios of zones share: which zone, and which addresses stay."""

from __future__ import annotations

from collections.abc import Sequence

from archkit.drills.deployed import Deployed
from archkit.drills.faults import Host
from archkit.lab import Lab, zone_down, zone_up
from archkit.plain import items, mapping, text


class LabSwitch:
    """Power over the lab's zones."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def zones(self) -> tuple[str, ...]:
        return self._lab.zone_names

    def zone_down(self, zone: str, cut: bool) -> None:
        zone_down(self._lab, self._lab.zone(zone), cut=cut)

    def zone_up(self, zone: str) -> None:
        zone_up(self._lab, self._lab.zone(zone))


def leader(deployed: Deployed) -> str:
    """The zone whose node leads the swarm."""
    nodes = [mapping(node) for node in items(deployed.manager.api.nodes())]
    for node in nodes:
        if mapping(node.get("ManagerStatus")).get("Leader"):
            return text(mapping(mapping(node["Spec"]).get("Labels")).get("archkit.zone"))
    return ""


def addresses_without(deployed: Deployed, zone: str) -> tuple[tuple[str, int], ...]:
    """The entry points of the other zones."""
    lab = deployed.lab
    if lab is None:
        return deployed.addresses
    gone = lab.zone(zone).address
    return tuple(one for one in deployed.addresses if one[0] != gone)


def others(deployed: Deployed, zone: str) -> Sequence[Host]:
    """The hosts of the other zones."""
    return [host for host in deployed.hosts if host.name != zone]
