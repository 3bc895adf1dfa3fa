"""What is there of a lab."""

from __future__ import annotations

from dataclasses import dataclass

from archkit.lab import fabric, kernel, power, swarm
from archkit.lab.layout import Lab


@dataclass(frozen=True, kw_only=True)
class ZoneState:
    """One look at a zone.

    Args:
        name: `a`.
        address: Where clients find its published ports.
        power: Whether anything runs in it.
        cable: Whether it is plugged in.
        node: What the swarm says of it: `ready`, `down`, `unreachable`; empty where nobody answers.

    """

    name: str
    address: str
    power: bool
    cable: bool
    node: str


def is_there(lab: Lab) -> bool:
    """Whether anything of the lab exists."""
    return bool(fabric.namespaces(lab)) or any(power.is_on(zone) for zone in lab.zones)


def status(lab: Lab) -> list[ZoneState]:
    """Each zone's state; empty where there is no lab."""
    if not is_there(lab):
        return []
    plugged = fabric.connected(lab)
    seen = swarm.members(lab, [zone for zone in plugged if power.is_on(zone)])
    return [
        ZoneState(
            name=zone.name,
            address=zone.address,
            power=power.is_on(zone),
            cable=zone in plugged,
            node=seen.get(zone.hostname, ""),
        )
        for zone in lab.zones
    ]


def remains(lab: Lab) -> list[str]:
    """Everything of the lab that is still on this machine; none after `down`."""
    found = [f"network namespace {name}" for name in fabric.namespaces(lab)]
    for zone in lab.zones:
        found += [f"process {process} of zone {zone.name}" for process in kernel.processes_in(zone)]
        found += [f"control group {path}" for path in kernel.cgroups(zone)]
    found += [f"mount {path}" for path in kernel.mounts(lab)]
    if lab.root.exists():
        found.append(f"folder {lab.root}")
    return found
