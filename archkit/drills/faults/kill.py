"""A process that dies without a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from archkit.drills.faults.container import ContainerFault, asked


@dataclass(frozen=True, kw_only=True)
class Kill(ContainerFault):
    """SIGKILL to a container: no drain, no farewell, connections reset by the kernel."""

    kind: ClassVar[str] = "kill"

    def inject(self) -> None:
        with asked(f"kill {self.victim}"):
            self.host.api.kill(self.container, "SIGKILL")

    def heal(self) -> None:
        self.start_again()

    def describe(self) -> str:
        return f"kills {self.victim} with SIGKILL"
