"""The controller's own policy against a load curve: replicas, capacity and lost requests, second by second."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from archkit.simulate.curve import Curve
from components.controller.agent.metrics import Counters, Sample
from components.controller.agent.policy import Observation, Policy, Reading, Tracker

PERIOD_SECONDS = 5
STEPS = 10  # of a second: a start of 4.3 s is not one of 5
_REQUESTS, _CPU = "requests", "cpu"


@dataclass(frozen=True, kw_only=True)
class World:
    """What surrounds the policy.

    Args:
        capacity_per_replica: Requests a second that one replica can answer.
        start_seconds: From the decision until a new replica gets requests: 4 s were measured for the web application.
        in_flight_per_replica: Requests that a replica is given at once; those that it has not answered yet wait there,
            and only what is beyond is refused.
        first_look_seconds: When the controller looks for the first time, 0 to 5; then every 5 s.

    """

    capacity_per_replica: float
    start_seconds: float = 4.0
    in_flight_per_replica: int = 0
    first_look_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One second.

    Args:
        at: Seconds from the beginning.
        demand: Requests a second that arrive.
        capacity: Requests a second that serving replicas can answer.
        lost: Requests a second for which there was no room: refused at once.
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

    Requests are measured as the controller does it, by its own code: counters that it looks at every five seconds. CPU
    is taken to grow with the requests that a replica answers, and to be 100 % at its capacity.
    """
    group = _Group(policy, world)
    moments: list[Moment] = []
    look = 0
    for second in range(int(curve.seconds)):
        at, demand = float(second), curve.at(float(second))
        serving, replicas = group.serving(at), group.replicas
        lost = capacity = 0.0
        for step in range(STEPS):
            now = at + step / STEPS
            if now >= world.first_look_seconds + look * PERIOD_SECONDS:
                group.look(now)
                look += 1
            refused, able = group.pass_on(demand / STEPS, now)
            lost += refused
            capacity += able
        moments.append(Moment(at=at, demand=demand, capacity=capacity, lost=lost, replicas=replicas, serving=serving))
    return Simulation(moments=tuple(moments), changes=tuple(group.changes))


@dataclass
class _Group:
    """Replicas, the requests that wait at them, and the policy that follows their counters."""

    policy: Policy
    world: World
    changes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        self.replicas = self.policy.minimum
        self._tracker = Tracker(self.policy)
        self._born = [-1e9] * self.replicas  # when each began to serve, the oldest first
        self._waiting = 0.0
        self._came = 0.0
        self._used = 0.0  # of one replica's capacity, in seconds
        self._counters = Counters()

    def serving(self, at: float) -> int:
        return sum(1 for one in self._born if one <= at)

    def pass_on(self, requests: float, at: float) -> tuple[float, float]:
        """What is refused of so many requests in one step, and how many could be answered in it."""
        serving = self.serving(at)
        able = serving * self.world.capacity_per_replica / STEPS
        self._came += requests
        self._waiting += requests
        answered = min(self._waiting, able)
        self._waiting -= answered
        refused = max(0.0, self._waiting - serving * self.world.in_flight_per_replica)
        self._waiting -= refused
        self._used += answered / self.world.capacity_per_replica / serving
        return refused, able

    def look(self, at: float) -> None:
        """As the controller does."""
        self._counters.add(Sample(at=at, counters={_REQUESTS: self._came, _CPU: self._used}))
        decision = self._tracker.decide(self._observe(at))
        if decision.replicas == self.replicas:
            return
        self.changes.append({"at": at, "event": decision.event, "from": self.replicas, "to": decision.replicas})
        more = decision.replicas - self.replicas
        self._born = self._born[: decision.replicas] + [at + self.world.start_seconds] * more
        self.replicas = decision.replicas

    def _observe(self, at: float) -> Observation:
        serving = self.serving(at)
        warming = sum(1 for one in self._born if one <= at < one + self.policy.warm_up_seconds)
        rates = self._counters.rates()
        readings: dict[str, Reading] = {}
        if rates:
            readings = {
                _REQUESTS: Reading(value=60 * rates[_REQUESTS] / serving),
                _CPU: Reading(value=100 * rates[_CPU]),
            }
        return Observation(at=at, replicas=self.replicas, serving=serving, warming=warming, readings=readings)
