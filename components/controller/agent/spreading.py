"""Replicas spread over the zones again after a zone came back: the swarm leaves them where they are."""

from dataclasses import dataclass, field
from typing import Any

from components.controller.agent.swarm import REPLICA, Service, View

STABLE_SECONDS = 10.0  # a zone that has just come back may go again
# A rolling update takes 13 s and may leave a zone empty, since the swarm counts the old replicas too: one in four did
# (2026-11-28). Two of them have to fit into the 120 s that a zone's return may take.
PAUSE_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Uneven:
    """Replicas that stand in fewer zones than they could.

    Args:
        by_zone: Replicas in each zone that takes some.
        could: Zones that they could stand in.

    """

    by_zone: dict[str, int]
    could: int


@dataclass
class Spreading:
    """Remembers since when a service is uneven; a restarted controller waits anew."""

    _since: dict[str, float] = field(default_factory=dict[str, float])

    def due(self, service: Service, view: View, now: float) -> Uneven | None:
        """What is uneven for long enough, and nothing forbids putting it right.

        Args:
            service: One of the view.
            view: The stack.
            now: Unix time.

        """
        found = uneven(service, view)
        if found is None or service.held:
            self._since.pop(service.name, None)
            return None
        since = self._since.setdefault(service.name, now)
        # Its own last change counts, which is the swarm's to remember: so neither a restart nor another leader hurries.
        if now - since < STABLE_SECONDS or now - service.changed < PAUSE_SECONDS:
            return None
        del self._since[service.name]
        return found


def uneven(service: Service, view: View) -> Uneven | None:
    """Whether replicas stand in fewer zones than they could; None while some are still to come."""
    if service.role != REPLICA or not service.replicas or len(service.running) < service.replicas:
        return None
    zones = set(view.zones.values())
    could = min(len(zones), service.replicas)
    by_zone = dict.fromkeys(sorted(zones), 0)
    for task in service.running:
        if task.node in view.zones:
            by_zone[view.zones[task.node]] += 1
    if sum(1 for count in by_zone.values() if count) >= could:
        return None
    return Uneven(by_zone=by_zone, could=could)


def place_anew(spec: dict[str, Any]) -> bool:
    """Lets the swarm place all replicas anew, by the service's own rules of update: start-first, a few at a time."""
    template = spec["TaskTemplate"]
    template["ForceUpdate"] = template.get("ForceUpdate", 0) + 1
    return True
