"""What a design or a capability promises its clients, and what the drills hold it to."""

from dataclasses import dataclass, fields
from math import isfinite

from components.errors import refuse

AVAILABILITY_PERIOD_SECONDS = 30 * 24 * 60 * 60  # the month over which availability is counted


@dataclass(frozen=True, kw_only=True)
class Objectives:
    """Service level and recovery objectives; what is None is not promised and not checked.

    Args:
        availability: Share of 30 days in which clients are served: 0.999 allows 43 minutes without.
        error_rate: Largest share of failed operations during one failure, from 0 to 1.
        latency_p99_milliseconds: 99 of 100 operations are answered within it, a failure included.
        recovery_time_seconds: RTO: how long after a failure clients may notice it.
        recovery_point_seconds: RPO: of how long before a failure acknowledged writes may be lost; 0 for none.

    Raises:
        InvalidArgsError: Every value out of range and every contradiction, one line each.

    """

    availability: float | None = None
    error_rate: float | None = None
    latency_p99_milliseconds: float | None = None
    recovery_time_seconds: float | None = None
    recovery_point_seconds: float | None = None

    def __post_init__(self) -> None:
        refuse(
            [
                _share("availability", self.availability, "a share of time: 99.9 percent is 0.999"),
                _share("error_rate", self.error_rate, "a share of all operations: 1 percent is 0.01"),
                _duration("latency_p99_milliseconds", self.latency_p99_milliseconds, zero=False),
                _duration("recovery_time_seconds", self.recovery_time_seconds, zero=True),
                _duration("recovery_point_seconds", self.recovery_point_seconds, zero=True),
                "objectives/availability: must be above 0, got 0; that promises nothing"
                if self.availability == 0
                else None,
            ]
        )
        refuse([self._outage_beyond_budget(), self._latency_beyond_outage()])

    @property
    def downtime_budget_seconds(self) -> float | None:
        """How long clients may go unserved in 30 days; None where no availability is promised."""
        if self.availability is None:
            return None
        return (1 - self.availability) * AVAILABILITY_PERIOD_SECONDS

    def document(self) -> dict[str, float]:
        """The objectives that are set, as plain data for `register_outputs` and reports."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def _outage_beyond_budget(self) -> str | None:
        budget = self.downtime_budget_seconds
        if budget is None or self.recovery_time_seconds is None or self.recovery_time_seconds <= budget + 1e-6:
            return None
        return (
            f"objectives/recovery_time_seconds: must be at most {budget:.6g}, got {self.recovery_time_seconds:g}; "
            f"an availability of {self.availability:g} leaves {budget:.6g} s in 30 days, "
            "which one failure of that length would use up"
        )

    def _latency_beyond_outage(self) -> str | None:
        latency, recovery = self.latency_p99_milliseconds, self.recovery_time_seconds
        if latency is None or not recovery or latency <= recovery * 1000:
            return None
        return (
            f"objectives/latency_p99_milliseconds: must be at most {recovery * 1000:g}, got {latency:g}; "
            f"a client that may wait longer than an outage may last ({recovery:g} s) cannot tell the two apart"
        )


def _share(name: str, value: float | None, reason: str) -> str | None:
    if value is None or (isfinite(value) and 0 <= value <= 1):
        return None
    return f"objectives/{name}: must be 0 to 1, got {value:g}; {reason}"


def _duration(name: str, value: float | None, *, zero: bool) -> str | None:
    if value is None or (isfinite(value) and (value >= 0 if zero else value > 0)):
        return None
    rule = "0 or more" if zero else "above 0"
    return f"objectives/{name}: must be finite and {rule}, got {value:g}; it is a length of time"
