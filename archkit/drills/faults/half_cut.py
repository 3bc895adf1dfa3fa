"""A network that works in one direction, or with some peers only."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from archkit.drills.faults import packets
from archkit.drills.faults.container import ContainerFault


class Direction(StrEnum):
    """Which packets are dropped, seen from the victim."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class HalfCut(ContainerFault):
    """Drops the packets of one direction, or those of some peers.

    Args:
        direction: `in`: it speaks and hears nothing; `out`: it hears and nobody hears it; `both` only with peers.
        peers: IP addresses or networks; empty means everybody. `packets.addresses` gives a container's.

    """

    kind: ClassVar[str] = "half-cut"

    direction: str = Direction.IN
    peers: tuple[str, ...] = ()

    def check(self) -> list[str]:
        problems = packets.peer_problems(self.peers)
        if self.direction not in list(Direction):
            problems.append(f"half-cut/direction: must be in, out or both, got {self.direction!r}")
        elif self.direction == Direction.BOTH and not self.peers:
            problems.append("half-cut/direction: both needs peers; without them it is a cut")
        return [
            *problems,
            *(super().check() or self.host.network_problems(self.container, "iptables", "iptables-restore")),
        ]

    def inject(self) -> None:
        rules: dict[int, list[str]] = {}
        for version in packets.versions(self.host, self.container):
            peers = [peer for peer in self.peers if ipaddress.ip_network(peer).version == version]
            for peer in peers if self.peers else [""]:
                if self.direction != Direction.OUT:
                    rules.setdefault(version, []).append(packets.incoming("-j DROP", peer=peer))
                if self.direction != Direction.IN:
                    rules.setdefault(version, []).append(packets.outgoing("-j DROP", peer=peer))
        packets.add(self.host, self.container, rules, fault=self.id)

    def heal(self) -> None:
        packets.remove(self.host, self.container, fault=self.id)

    def describe(self) -> str:
        what = {Direction.IN: "what it is sent", Direction.OUT: "what it sends", Direction.BOTH: "every packet"}
        whom = f" between it and {', '.join(self.peers)}" if self.peers else ""
        return f"half-cuts {self.victim}: {what[Direction(self.direction)]} is dropped{whom}"
