"""A cable pulled: no packets in, none out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from archkit.drills.faults import packets
from archkit.drills.faults.container import ContainerFault


@dataclass(frozen=True, kw_only=True)
class Cut(ContainerFault):
    """Drops every packet of a container, silently, as a dead switch does; it knows nothing of it.

    Not by `docker network disconnect`: after a reconnect the task's address no longer stands in Swarm's DNS.
    """

    kind: ClassVar[str] = "cut"

    def check(self) -> list[str]:
        return super().check() or self.host.network_problems(self.container, "iptables", "iptables-restore")

    def inject(self) -> None:
        rules = [packets.incoming("-j DROP"), packets.outgoing("-j DROP")]
        both = dict.fromkeys(packets.versions(self.host, self.container), rules)
        packets.add(self.host, self.container, both, fault=self.id)

    def heal(self) -> None:
        packets.remove(self.host, self.container, fault=self.id)

    def describe(self) -> str:
        return f"cuts {self.victim} off: every packet from and to it is dropped"
