"""A service that others need, gone for a while and kept from coming back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from archkit.drills.faults.host import FaultError
from archkit.drills.faults.swarm import ServiceFault, change, specification


@dataclass(frozen=True, kw_only=True)
class DependencyGone(ServiceFault):
    """Ends all tasks of a service and lets none start until it is healed.

    A placement constraint that no node meets does it, in one update with a scale to 0: an autoscaler that raises
    the count again gets no task placed.

    Args:
        replicas: How many there were; `prepared` fills it in. -1 is a global service, one on each node.

    """

    kind: ClassVar[str] = "dependency-gone"

    replicas: int = -1

    def prepared(self) -> Self:
        spec = specification(self.host, self.service)
        if spec is None:
            message = f"service {self.service}: must exist, but Swarm knows no such service"
            raise FaultError(message)
        replicated = spec["Mode"].get("Replicated")
        return replace(self, replicas=-1 if replicated is None else int(replicated.get("Replicas", 1)))

    @property
    def _constraint(self) -> str:
        return f"node.labels.archkit.fault == {self.id}"

    def inject(self) -> None:
        change(self.host, self.service, self._remove)

    def _remove(self, spec: dict[str, Any]) -> bool:
        placement: dict[str, Any] = spec["TaskTemplate"].get("Placement") or {}
        constraints: list[str] = [*(placement.get("Constraints") or []), self._constraint]
        spec["TaskTemplate"]["Placement"] = {**placement, "Constraints": constraints}
        if self.replicas >= 0:
            spec["Mode"] = {"Replicated": {"Replicas": 0}}
        self.mark(spec)
        return True

    def heal(self) -> None:
        change(self.host, self.service, self._bring_back)

    def _bring_back(self, spec: dict[str, Any]) -> bool:
        placement: dict[str, Any] = spec["TaskTemplate"].get("Placement") or {}
        constraints: list[str] = list(placement.get("Constraints") or [])
        if not self.marked(spec) and self._constraint not in constraints:
            return False
        kept = [one for one in constraints if one != self._constraint]
        spec["TaskTemplate"]["Placement"] = {**placement, "Constraints": kept}
        replicated = spec["Mode"].get("Replicated")
        if replicated is not None and not replicated.get("Replicas"):
            spec["Mode"] = {"Replicated": {"Replicas": self.replicas}}
        self.unmark(spec)
        return True

    def describe(self) -> str:
        return f"takes all of {self.service} away and keeps it from coming back"
