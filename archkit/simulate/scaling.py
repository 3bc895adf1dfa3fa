"""The controller's own policy against a load curve: replicas, capacity and lost requests, second by second."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from archkit.simulate.curve import Curve
from components.controller.agent.metrics import SHORTEST_SECONDS, WINDOW_SECONDS
from components.controller.agent.policy import Observation, Policy, Reading, Tracker

PERIOD_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class World:
    """What surrounds the policy.

    Args:
        capacity_per_replica: Requests a second that one replica can answer.
        start_seconds: From the decision until a new replica gets requests: 4 s were measured for the web application.

    """

    capacity_per_replica: float
    start_seconds: float = 4.0


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One second.

    Args:
        at: Seconds from the beginning.
        demand: Requests a second that arrive.
        capacity: Requests a second that serving replicas can answer.
        lost: Requests a second beyond that: refused at once.
        replicas: Wanted.
        serving: That answer.

    """

    at: float
    demand: float
    capacity: float
    lost: float
    replicas: int
    serving: int


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """A curve's whole course.

    Args:
        moments: One a second.
        changes: Each decision that changed the count.

    """

    moments: tuple[Moment, ...]
    changes: tuple[dict[str, Any], ...]

    @property
    def offered(self) -> float:
        """Requests that arrived."""
        return sum(one.demand for one in self.moments)

    @property
    def lost(self) -> float:
        """Requests that were refused."""
        return sum(one.lost for one in self.moments)

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "offered": round(self.offered),
            "lost": round(self.lost),
            "lost_share": self.lost / self.offered if self.offered else 0.0,
            "most_replicas": max(one.replicas for one in self.moments),
            "changes": list(self.changes),
            "moments": [asdict(one) for one in self.moments],
        }


def simulate(policy: Policy, curve: Curve, world: World) -> Simulation:
    """Runs the policy through a curve, from the minimum on.

    Requests are measured as the controller does it: over its window, looked at every five seconds. CPU is taken to
    grow with the requests that a replica answers, and to be 100 % at its capacity.
    """
    tracker, replicas = Tracker(policy), policy.minimum
    born: list[float] = [-1e9] * replicas  # when each replica began to serve, the oldest first
    window: deque[tuple[float, float, int]] = deque()
    moments: list[Moment] = []
    changes: list[dict[str, Any]] = []
    for second in range(int(curve.seconds)):
        at = float(second)
        serving = sum(1 for one in born if one <= at)
        demand, capacity = curve.at(at), serving * world.capacity_per_replica
        lost = max(0.0, demand - capacity)
        moments.append(Moment(at=at, demand=demand, capacity=capacity, lost=lost, replicas=replicas, serving=serving))
        window.append((at, demand, serving))
        while window[0][0] < at - WINDOW_SECONDS:
            window.popleft()
        if second % PERIOD_SECONDS == 0:
            seen = _observe(policy, window, born, replicas, world)
            decision = tracker.decide(seen)
            if decision.replicas != replicas:
                changes.append({"at": at, "event": decision.event, "from": replicas, "to": decision.replicas})
                born = born[: decision.replicas] + [at + world.start_seconds] * (decision.replicas - replicas)
                replicas = decision.replicas
    return Simulation(moments=tuple(moments), changes=tuple(changes))


def _observe(
    policy: Policy, window: deque[tuple[float, float, int]], born: list[float], replicas: int, world: World
) -> Observation:
    at, _, serving = window[-1]
    warming = sum(1 for one in born if one <= at < one + policy.warm_up_seconds)
    readings: dict[str, Reading] = {}
    if at - window[0][0] >= SHORTEST_SECONDS:
        rate = sum(demand for _, demand, _ in window) / len(window)
        answered = sum(min(demand / count, world.capacity_per_replica) for _, demand, count in window) / len(window)
        readings = {
            "requests": Reading(value=60 * rate / serving),
            "cpu": Reading(value=100 * answered / world.capacity_per_replica),
        }
    return Observation(at=at, replicas=replicas, serving=serving, warming=warming, readings=readings)
