"""What a policy is told, what it sees and what it answers."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """So many replicas at least, from that minute on.

    Args:
        name: In the log.
        schedule: Crontab's five fields, UTC.
        minimum: Until another schedule says otherwise.

    """

    name: str
    schedule: str
    minimum: int


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Target tracking within a range.

    Args:
        minimum: Never fewer replicas.
        maximum: Never more.
        cpu_percent: CPU use of a replica to hold, in percent of what it may use; None: does not count.
        requests_per_replica_per_minute: Requests to hold; None: do not count.
        warm_up_seconds: How long a new replica's CPU does not count, and nothing is removed.
        scale_in: False: nothing is ever removed.
        scale_in_after_seconds: How long fewer must have been enough.
        schedules: Minimums that a clock sets.

    """

    minimum: int
    maximum: int
    cpu_percent: float | None = None
    requests_per_replica_per_minute: float | None = None
    warm_up_seconds: float = 60
    scale_in: bool = True
    scale_in_after_seconds: float = 300
    schedules: tuple[Schedule, ...] = ()

    def targets(self) -> dict[str, float]:
        """What is held, by metric: `cpu` in percent, `requests` for each replica and minute."""
        named = {"cpu": self.cpu_percent, "requests": self.requests_per_replica_per_minute}
        return {name: float(target) for name, target in named.items() if target is not None}

    def document(self) -> dict[str, Any]:
        """As JSON, on the service's label."""
        return asdict(self)

    @classmethod
    def read(cls, document: dict[str, Any]) -> "Policy":
        """From its JSON."""
        given: dict[str, Any] = {**document}
        given["schedules"] = tuple(Schedule(**one) for one in document.get("schedules", ()))
        return cls(**given)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One metric.

    Args:
        value: Of one replica on average; None: not known.
        partial: Some of it is missing: it is at least this.
        reason: What is missing.

    """

    value: float | None
    partial: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Observation:
    """A service at one moment.

    Args:
        at: Unix time.
        replicas: How many are wanted now.
        serving: How many of them answer.
        warming: How many of those are younger than the warm-up.
        readings: By metric.

    """

    at: float
    replicas: int
    serving: int
    warming: int = 0
    readings: dict[str, Reading] = field(default_factory=dict[str, Reading])


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is to be done.

    Args:
        event: `scale out`, `scale in`, `hold`, or `blind`: not one metric is known.
        replicas: How many are wanted from now on.
        reason: In words.
        needed: Replicas that the load needs at the targets, a fraction; None where that is not known.

    """

    event: str
    replicas: int
    reason: str
    needed: float | None = None
