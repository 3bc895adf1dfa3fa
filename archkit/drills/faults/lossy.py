"""A bad line: some packets are lost, at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from archkit.drills.faults import packets
from archkit.drills.faults.container import ContainerFault
from archkit.drills.faults.kernel import statistic_problems


@dataclass(frozen=True, kw_only=True)
class Lossy(ContainerFault):
    """Drops a share of the packets, in each direction, by iptables' `statistic` match.

    Args:
        loss: Share of packets lost in each direction, above 0 and at most 1. At 0.05 TCP still works, slowly;
            at 0.3 most connections time out.

    """

    kind: ClassVar[str] = "lossy"

    loss: float = 0.05

    def check(self) -> list[str]:
        problems = super().check()
        if not 0 < self.loss <= 1:
            problems.append(f"lossy/loss: must be above 0 and at most 1, got {self.loss}; it is a share of the packets")
        if problems:
            return problems
        return self.host.network_problems(self.container, "iptables", "iptables-restore") or statistic_problems(
            self.host
        )

    def inject(self) -> None:
        verdict = f"-m statistic --mode random --probability {self.loss:.9f} -j DROP"
        rules = [packets.incoming(verdict), packets.outgoing(verdict)]
        both = dict.fromkeys(packets.versions(self.host, self.container), rules)
        packets.add(self.host, self.container, both, fault=self.id)

    def heal(self) -> None:
        packets.remove(self.host, self.container, fault=self.id)

    def describe(self) -> str:
        return f"makes {self.victim}'s line lossy: {self.loss:.1%} of its packets are lost in each direction"
