"""A disk that is gone, with what was on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from archkit.drills.faults.container import ContainerFault, asked
from archkit.drills.faults.volumes import empty, mounted_at, opened


@dataclass(frozen=True, kw_only=True)
class Lose(ContainerFault):
    """Removes all data of a volume and kills the container that used it. The data does not come back.

    The container is frozen first, so that no process sees a half-empty volume or writes into it, and Swarm
    cannot start a replacement that finds the old data.

    Args:
        volume: Its name.
        force: Whoever runs the drill has agreed to lose the data.

    """

    kind: ClassVar[str] = "lose"

    volume: str
    force: bool = False

    def check(self) -> list[str]:
        problems = super().check() or self.host.network_problems(self.container)
        if problems:
            return problems
        if not mounted_at(self.host.container(self.container) or {}, self.volume):
            return [f"{self.victim}: must use the volume {self.volume!r}, but has no such volume"]
        if not self.force:
            return [
                f"volume {self.volume}: all of its data would be lost for good; healing does not bring it back, only "
                "a replica or a backup does: --force where that is what you want to try"
            ]
        return []

    def inject(self) -> None:
        path = mounted_at(self.host.container(self.container) or {}, self.volume)
        with asked(f"freeze {self.victim}", gone_is_fine=False):
            self.host.api.pause(self.container)
        with opened(self.host, self.container, path) as directory:
            empty(directory)
        with asked(f"kill {self.victim}"):
            self.host.api.kill(self.container, "SIGKILL")

    def heal(self) -> None:
        found = self.host.container(self.container)
        if found is not None and found["State"]["Paused"]:
            # The drill died half-way. Let go, it would run on half of its data; so it dies as was agreed.
            with asked(f"kill {self.victim}"):
                self.host.api.kill(self.container, "SIGKILL")
        self.start_again()

    def describe(self) -> str:
        return f"loses the volume {self.volume} of {self.victim}: its data is removed, the container killed"
