"""How many replicas, and when more or fewer: plain data that every target follows."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.errors import out_of_range, refuse, unless

MAX_REPLICAS = 1000


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """Horizontal scaling.

    Args:
        minimum: Replicas at least, 1 to 1000. Three survive the loss of a zone without being short.
        maximum: Replicas at most; the bill's limit.

    """

    minimum: int = 3
    maximum: int = 6

    def __post_init__(self) -> None:
        refuse(
            [
                out_of_range(
                    "service/capacity/minimum", self.minimum, 1, MAX_REPLICAS, "a service has at least one replica"
                ),
                out_of_range(
                    "service/capacity/maximum", self.maximum, 1, MAX_REPLICAS, "a service has at least one replica"
                ),
                unless(
                    self.minimum <= self.maximum,
                    f"service/capacity/minimum: must be at most the maximum {self.maximum}, got {self.minimum}; "
                    "no number of replicas lies between them",
                ),
            ]
        )


@dataclass(frozen=True, kw_only=True)
class ScheduledMinimum:
    """A minimum that a clock sets: so many replicas from that minute on.

    Args:
        name: Names it in the cloud's console.
        schedule: Crontab's five fields, in UTC: `0 7 * * 1-5`.
        minimum: Replicas at least, until the next schedule says otherwise.

    """

    name: str
    schedule: str
    minimum: int

    def __post_init__(self) -> None:
        from croniter import croniter  # noqa: PLC0415 - it starts a process when it is loaded; most have no schedule

        refuse(
            [
                unless(
                    len(self.schedule.split()) == 5 and croniter.is_valid(self.schedule),
                    f"service/scaling/schedules/{self.name}/schedule: must be crontab's five fields, "
                    f"got {self.schedule!r}; minute, hour, day of month, month, day of week",
                ),
                out_of_range(
                    f"service/scaling/schedules/{self.name}/minimum",
                    self.minimum,
                    1,
                    MAX_REPLICAS,
                    "a service has at least one replica",
                ),
            ]
        )


@dataclass(frozen=True, kw_only=True)
class ScalingPolicy:
    """Target tracking: replicas are added and removed so that each metric stays at its target.

    Args:
        cpu_percent: Average CPU use of the replicas to hold, 10 to 90; None: CPU does not scale.
        requests_per_replica_per_minute: Requests that one replica should get; None: requests do not scale.
        warm_up_seconds: How long a new replica's figures do not count yet, at least 60, the metrics' period.
        latency_milliseconds: Refused: more replicas do not shorten what a slow database or a long request takes.
        scale_in: False: replicas are added, never removed.
        schedules: Minimums that a clock sets.

    """

    cpu_percent: int | None = 60
    requests_per_replica_per_minute: int | None = None
    warm_up_seconds: int = 60
    latency_milliseconds: int | None = None
    scale_in: bool = True
    schedules: tuple[ScheduledMinimum, ...] = ()

    def __post_init__(self) -> None:
        names = [one.name for one in self.schedules]
        refuse(
            [
                None
                if self.cpu_percent is None
                else out_of_range(
                    "service/scaling/cpu_percent",
                    self.cpu_percent,
                    10,
                    90,
                    "below it the group never shrinks, above it a burst finds no headroom",
                ),
                None
                if self.requests_per_replica_per_minute is None
                else out_of_range(
                    "service/scaling/requests_per_replica_per_minute",
                    self.requests_per_replica_per_minute,
                    1,
                    10_000_000,
                    "a target of no requests asks for endless replicas",
                ),
                out_of_range(
                    "service/scaling/warm_up_seconds",
                    self.warm_up_seconds,
                    60,
                    3600,
                    "metrics have a period of 60 s; a shorter warm-up decides on figures of before",
                ),
                unless(
                    self.latency_milliseconds is None,
                    f"service/scaling/latency_milliseconds: must not be given, got {self.latency_milliseconds}; it "
                    "does not fall in proportion to replicas, and a slow dependency would start them without end: hold "
                    "requests_per_replica_per_minute or cpu_percent",
                ),
                unless(
                    len(set(names)) == len(names),
                    f"service/scaling/schedules: must have different names, got {', '.join(names)}; "
                    "the second would replace the first",
                ),
            ]
        )

    def problems(self, capacity: Capacity) -> Iterator[str | None]:
        """What does not fit the capacity that this policy moves in."""
        for one in self.schedules:
            yield out_of_range(
                f"service/scaling/schedules/{one.name}/minimum",
                one.minimum,
                capacity.minimum,
                capacity.maximum,
                "a scheduled minimum lies within the capacity",
            )
