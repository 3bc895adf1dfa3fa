"""A process that hangs: its connections stay open and nothing answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from archkit.drills.faults.container import ContainerFault, asked


@dataclass(frozen=True, kw_only=True)
class Freeze(ContainerFault):
    """The container's cgroup frozen (`docker pause`): the kernel still accepts connections, nobody reads them."""

    kind: ClassVar[str] = "freeze"

    def inject(self) -> None:
        with asked(f"freeze {self.victim}", gone_is_fine=False):
            self.host.api.pause(self.container)

    def heal(self) -> None:
        found = self.host.container(self.container)
        if found is None or not found["State"]["Paused"]:
            return
        with asked(f"thaw {self.victim}"):
            self.host.api.unpause(self.container)

    def describe(self) -> str:
        return f"freezes {self.victim}: its connections stay open, nothing answers"
