"""The lab's network: a bridge in a namespace of its own, a cable to each zone and one to the clients."""

from __future__ import annotations

from archkit.lab.layout import Lab, Zone
from archkit.lab.programs import call, succeeds

BRIDGE = "bridge"
_CLIENT_CABLE = "cable-clients"


def build(lab: Lab) -> None:
    """Makes what is missing of the network; what is there stays."""
    _namespace(lab.fabric)
    if not succeeds("ip", "-n", lab.fabric, "link", "show", BRIDGE):
        call("ip", "-n", lab.fabric, "link", "add", BRIDGE, "type", "bridge")
    call("ip", "-n", lab.fabric, "link", "set", BRIDGE, "up")
    for zone in lab.zones:
        _attach(lab, zone.namespace, zone.cable, zone.address)
    _attach(lab, lab.clients, _CLIENT_CABLE, lab.client_address)


def remove(lab: Lab) -> None:
    """Removes the network; the kernel takes the cables with their namespaces."""
    for name in namespaces(lab):
        call("ip", "netns", "del", name, check=False)


def namespaces(lab: Lab) -> list[str]:
    """The lab's network namespaces that exist."""
    listed = [line.split()[0] for line in call("ip", "netns", "list").splitlines() if line.strip()]
    own = {lab.fabric, lab.clients, *(zone.namespace for zone in lab.zones)}
    return [name for name in listed if name in own]


def pull_cable(lab: Lab, zone: Zone) -> None:
    """Cuts a zone off: no packet reaches it or leaves it."""
    call("ip", "-n", lab.fabric, "link", "set", zone.cable, "down")


def plug_cable(lab: Lab, zone: Zone) -> None:
    """Undoes `pull_cable`."""
    call("ip", "-n", lab.fabric, "link", "set", zone.cable, "up")


def connected(lab: Lab) -> list[Zone]:
    """The zones whose cable is plugged in; by one call, since drills ask often."""
    lines = call("ip", "-n", lab.fabric, "-o", "link", "show", check=False).splitlines()
    pulled = {line.split(": ")[1].partition("@")[0] for line in lines if "state DOWN" in line}
    return [zone for zone in lab.zones if zone.cable not in pulled]


def inside(namespace: str) -> tuple[str, ...]:
    """What a command is to be preceded by to run in a network namespace.

    Not `ip netns exec`: that mounts /sys anew and hides the control groups.
    """
    return ("nsenter", f"--net=/run/netns/{namespace}")


def _namespace(name: str) -> None:
    if name not in call("ip", "netns", "list").split():
        call("ip", "netns", "add", name)


def _attach(lab: Lab, namespace: str, cable: str, address: str) -> None:
    _namespace(namespace)
    if not succeeds("ip", "-n", lab.fabric, "link", "show", cable):
        call("ip", "-n", lab.fabric, "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        call("ip", "-n", lab.fabric, "link", "set", cable, "master", BRIDGE, "up")
        call("ip", "-n", namespace, "addr", "add", f"{address}/24", "dev", "eth0")
        call("ip", "-n", namespace, "link", "set", "lo", "up")
        call("ip", "-n", namespace, "link", "set", "eth0", "up")
