"""What a scenario is: one failure, told as a story with deadlines."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from archkit.drills.clients import Clients, Room, http_reads
from archkit.drills.deployed import Deployed
from archkit.drills.load import LoadResult
from archkit.drills.timeline import Timeline
from components.objectives import Objectives

if TYPE_CHECKING:
    from archkit.drills.drill import Drill


class Scenario(ABC):
    """One failure of a design, and what its clients may see of it.

    Attributes:
        name: As on the command line: `replica-killed`.
        title: What is done, as a sentence.
        reason: Why it comes out as it does; shown to whoever predicted otherwise.
        setting: The setting that decides it, where to find it.
        destroys: Data are lost for good: it is run with force only.

    """

    name: ClassVar[str]
    title: ClassVar[str]
    reason: ClassVar[str]
    setting: ClassVar[str]
    destroys: ClassVar[bool] = False

    @abstractmethod
    def needs(self, deployed: Deployed) -> str | None:
        """Why it does not fit what is deployed; None where it does. Nothing is touched."""

    def addresses(self, deployed: Deployed) -> tuple[tuple[str, int], ...]:
        """The entry points that its clients know."""
        return deployed.addresses

    def harms(self, deployed: Deployed) -> str:
        """The component that is harmed: its objectives count; empty where it is more than one."""
        del deployed
        return ""

    def promised(self, deployed: Deployed) -> Objectives:
        """What clients are promised while it happens: of the component that is harmed, or else of the design."""
        return deployed.promised(self.harms(deployed))

    def clients(self, deployed: Deployed, room: Room) -> Clients:
        """Who sends what while it happens; GETs to the entry points where a scenario says nothing else."""
        del room
        return http_reads(self.addresses(deployed), path=deployed.path, prefix=deployed.prefix)

    def watch(self, deployed: Deployed, timeline: Timeline) -> None:
        """Whose view belongs on the time axis besides Docker's and the load balancer's."""
        del deployed, timeline

    def judge(self, result: LoadResult) -> list[str]:
        """What clients' answers must show besides not failing, one line for each that they do not."""
        del result
        return []

    @abstractmethod
    def run(self, drill: Drill) -> None:
        """Steady state, the fault, what clients may see meanwhile, recovery, and the way back."""
