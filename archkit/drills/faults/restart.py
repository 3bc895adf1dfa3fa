"""A restart as operators do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from archkit.drills.faults.container import ContainerFault
from archkit.drills.faults.stop import stop
from archkit.drills.faults.swarm import ServiceFault, change


@dataclass(frozen=True, kw_only=True)
class Restart(ContainerFault):
    """Stops one container gracefully, and it (or, for a Swarm task, its replacement) starts again at once.

    Never `docker restart` on a Swarm task: Swarm has put another in its place by then, and both would serve.
    """

    kind: ClassVar[str] = "restart"

    def inject(self) -> None:
        stop(self)
        self.start_again()

    def heal(self) -> None:
        self.start_again()

    def describe(self) -> str:
        return f"restarts {self.victim}"


@dataclass(frozen=True, kw_only=True)
class RollingRestart(ServiceFault):
    """Replaces all tasks of a service one after the other, by its own update rules, with nothing changed."""

    kind: ClassVar[str] = "rolling-restart"

    def inject(self) -> None:
        change(self.host, self.service, _force)

    def heal(self) -> None:
        """Nothing is left to undo: the same specification runs."""

    def describe(self) -> str:
        return f"restarts all of {self.service}, one after the other"


def _force(spec: dict[str, Any]) -> bool:
    spec["TaskTemplate"]["ForceUpdate"] = int(spec["TaskTemplate"].get("ForceUpdate", 0)) + 1
    return True
