"""Replicas spread over the zones again after a zone came back: the swarm leaves them where they are.

They are levelled by a few more and then as many fewer: what is added, the swarm puts into zones with few; what goes, it
takes from the node with the most. 3, 3 and 0 become 3, 3 and 2, then 2, 2 and 2: two replicas change, and never fewer
than wanted serve. For those seconds there are more than the service's maximum may say, as in a start-first update:
mostly half as many, at most twice as many.

A rolling update of all replicas, which does the same in the end, took 13 s here and left a zone empty in one of four
(2026-11-28): the swarm's scheduler counts the old replicas that are about to go. It remains for where no number would
do: fewer replicas than nodes that have one, so that the swarm would take any; or one zone left of four and more.

What has become uneven, but with some in each zone, stays so: 3, 2 and 1 serve no worse than 2, 2 and 2.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from components.controller.agent import levelling
from components.controller.agent.placing import enough
from components.controller.agent.swarm import REPLICA, Service

# Seen at two looks, 5 s apart: one that has just come back may go again, and trying costs little.
STABLE_SECONDS = 4.0
# After any other change to the service: what scaling or a deployment began has ended, or holds the service back. Twice
# as long after each try that did not help, since it will not: a zone without room, say.
PAUSE_SECONDS = 15.0
LONGEST_PAUSE_SECONDS = 3600.0

Edit = Callable[[dict[str, Any]], bool]


@dataclass(frozen=True, kw_only=True)
class Uneven:
    """Replicas that stand in fewer zones than they could.

    Args:
        by_zone: Replicas in each zone that takes some; nodes without a label are the zone "".
        could: Zones that they could stand in.

    """

    by_zone: dict[str, int]
    could: int


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is to be done for a service.

    Args:
        event: In the log: `levelling`, `levelled`, `placed anew`, ...
        reason: In words.
        edit: Changes its specification; None: there is nothing to do but to say so.
        numbers: What it was decided on.

    """

    event: str
    reason: str
    edit: Edit | None
    numbers: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass
class Spreading:
    """Remembers since when a service is uneven, and what did not help; what another controller began, it finishes."""

    _since: dict[str, float] = field(default_factory=dict[str, float])
    _tried: dict[tuple[str, frozenset[str]], int] = field(default_factory=dict[tuple[str, frozenset[str]], int])

    def step(self, service: Service, now: float) -> Step | None:
        """What is to be done now, if nothing forbids it.

        Args:
            service: As it is now.
            now: Unix time.

        """
        if service.held:
            self._since.pop(service.name, None)
            return None
        if service.lost is not None:
            lost = service.lost
            reason = "a deployment kept the count and took away what it goes back to"
            return Step(event="levelling", reason=reason, edit=lambda spec: levelling.put_back(spec, lost))
        if service.levelling is not None:
            return _ending(service, service.levelling, now)
        return self._beginning(service, now)

    def _beginning(self, service: Service, now: float) -> Step | None:
        found = uneven(service)
        # Other nodes, another try: only what was tried with these did not help.
        trial = (service.name, frozenset(service.places))
        if found is None:
            self._since.pop(service.name, None)
            if len(service.running) >= service.replicas:
                self._tried.pop(trial, None)
            return None
        since = self._since.setdefault(service.name, now)
        tried = self._tried.get(trial, 0)
        pause = min(PAUSE_SECONDS * 2**tried, LONGEST_PAUSE_SECONDS)
        # Its own last change counts, which is the swarm's to remember: so neither a restart nor another leader hurries.
        if now - since < STABLE_SECONDS or now - service.changed < pause:
            return None
        del self._since[service.name]
        self._tried[trial] = tried + 1
        numbers = {"by_zone": found.by_zone, "zones_possible": found.could, "tried_before": tried}
        reason = "replicas stand in fewer zones than take some"
        extra = enough(service.places, [task.node for task in service.running], found.could)
        if extra is None:
            reason += ", and of more and then fewer the swarm may take the wrong ones"
            return Step(event="placed anew", reason=reason, edit=place_anew, numbers=numbers)
        return Step(
            event="levelling",
            reason=reason,
            edit=lambda spec: levelling.raise_by(spec, service.replicas, extra, now),
            numbers={**numbers, "raised": service.replicas + extra},
        )


def uneven(service: Service) -> Uneven | None:
    """Whether replicas stand in fewer zones than they could; None while some are still to come."""
    if service.role != REPLICA or len(service.running) < service.replicas:
        return None
    by_zone = dict.fromkeys(sorted(set(service.places.values())), 0)
    for task in service.running:
        if task.node in service.places:
            by_zone[service.places[task.node]] += 1
    could = min(len(by_zone), sum(by_zone.values()))
    if sum(1 for count in by_zone.values() if count) >= could:
        return None
    return Uneven(by_zone=by_zone, could=could)


def place_anew(spec: dict[str, Any]) -> bool:
    """Lets the swarm place all replicas anew, by the service's own rules of update: start-first, a few at a time."""
    template = spec["TaskTemplate"]
    template["ForceUpdate"] = template.get("ForceUpdate", 0) + 1
    return True


def _ending(service: Service, told: levelling.Levelling, now: float) -> Step | None:
    """Back to the wanted count once all run, or once those that do not have no node: these go first.

    While one does not run where it stands, going back would take another that does, since the swarm takes from the node
    with the most: so it stays raised, and the wanted count serves. It goes back when that one runs, or loses its node.
    """
    numbers = {"replicas": service.replicas, "raised": told.raised, "running": len(service.running)}
    if not told.extra:
        return Step(event="left alone", reason="somebody else has set the count", edit=levelling.end, numbers=numbers)
    still = told.raised - len(service.running)
    if still <= 0:
        return Step(event="levelled", reason="all run", edit=levelling.end, numbers=numbers)
    if not told.overdue(now):
        return None
    if sum(1 for task in service.tasks if not task.node) >= still:
        reason = "what was added finds no node"
        return Step(event="levelling given up", reason=reason, edit=levelling.end, numbers=numbers)
    reason = "what was added does not run where it stands; going back would take what runs"
    return Step(event="levelling waits", reason=reason, edit=None, numbers=numbers)
