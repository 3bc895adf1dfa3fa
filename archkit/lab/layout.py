"""How the lab is laid out: names, addresses and folders, all of them its own."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from archkit.errors import UserError

NETWORK = "10.99.0"  # lives in namespaces of the lab's own: it cannot collide with a network of the host
OVERLAYS = "10.98.0.0/16"
CLIENT_HOST = 100


@dataclass(frozen=True, kw_only=True)
class Zone:
    """One failure domain: a Docker daemon with network, process, mount and host name spaces of its own.

    Args:
        name: Its label, value of the node label `archkit.zone`: `a`.
        number: From 1; the last part of its address.
        lab: Name of the lab that it belongs to.
        root: Folder with its data.

    """

    name: str
    number: int
    lab: str
    root: Path

    @property
    def namespace(self) -> str:
        """Its network namespace, below /run/netns."""
        return f"{self.lab}-{self.name}"

    @property
    def namespace_file(self) -> Path:
        return Path("/run/netns", self.namespace)

    @property
    def hostname(self) -> str:
        return f"zone-{self.name}"

    @property
    def address(self) -> str:
        return f"{NETWORK}.{self.number}"

    @property
    def cable(self) -> str:
        """The bridge's end of its network cable."""
        return f"cable-{self.name}"

    @property
    def cgroup(self) -> str:
        return f"/{self.namespace}"

    @property
    def socket(self) -> Path:
        return self.root / "docker.sock"

    @property
    def docker_host(self) -> str:
        """What DOCKER_HOST is for its daemon."""
        return f"unix://{self.socket}"


@dataclass(frozen=True, kw_only=True)
class Lab:
    """All zones, the bridge that joins them, and a namespace for clients.

    Args:
        name: Prefix of everything that it makes; a second lab needs another.
        root: Folder for data and logs; by default `/var/lib/<name>`, or `ARCHKIT_LAB_ROOT`.
        zone_names: One letter each.

    """

    name: str = "archkit-lab"
    root: Path = field(default_factory=lambda: Path(os.environ.get("ARCHKIT_LAB_ROOT", "/var/lib/archkit-lab")))
    zone_names: tuple[str, ...] = ("a", "b", "c")

    @property
    def zones(self) -> tuple[Zone, ...]:
        return tuple(
            Zone(name=name, number=number, lab=self.name, root=self.root / name)
            for number, name in enumerate(self.zone_names, start=1)
        )

    @property
    def fabric(self) -> str:
        """The namespace that holds the bridge: the host's own may filter bridged packets."""
        return f"{self.name}-fabric"

    @property
    def clients(self) -> str:
        """The namespace from which clients reach every zone's address."""
        return f"{self.name}-clients"

    @property
    def client_address(self) -> str:
        return f"{NETWORK}.{CLIENT_HOST}"

    def zone(self, name: str) -> Zone:
        """The zone of that name.

        Raises:
            UserError: There is none.

        """
        for zone in self.zones:
            if name in (zone.name, zone.hostname):
                return zone
        message = f"zone: must be one of {', '.join(self.zone_names)}, got {name!r}"
        raise UserError(message)
