"""Target tracking: in proportion, quick out, slow in, and never to and fro."""

from collections import deque
from datetime import UTC, datetime
from math import ceil

from croniter import croniter

from components.controller.agent.policy.model import Decision, Observation, Policy, Schedule

# Out above 110 % of the target; in only where 90 % would still suffice after it. A load whose highest value is less
# than 1.1 / 0.9 = 1.22 times its lowest can therefore never cause both.
TOLERANCE = 0.1
STEP_IN_PART = 4  # at most a quarter of the replicas goes at once
STEP_IN_SECONDS = 30.0
_ROUNDING = 1e-9


class Tracker:
    """Follows one service; what it remembers may be lost at any time, which makes it slower to remove replicas."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._enough: deque[tuple[float, int]] = deque()
        self._since: float | None = None
        self._last_in = float("-inf")

    def decide(self, seen: Observation) -> Decision:
        """What is to be done about what is seen.

        Args:
            seen: Later than the last one.

        """
        floor, why = self._floor(seen.at)
        if seen.replicas < floor:
            return Decision(event="scale out", replicas=floor, reason=why)
        if seen.replicas > self.policy.maximum:
            return Decision(event="scale in", replicas=self.policy.maximum, reason="the maximum is lower now")
        needs = self._needs(seen)
        gaps = [self._gap(name, seen) for name in self.policy.targets()]
        missing = "; ".join(gap for gap in gaps if gap)
        if not needs:
            self._forget()
            return Decision(event="blind", replicas=seen.replicas, reason=missing or "no metric has a target")
        name, needed = max(needs.items(), key=lambda one: one[1])
        if needed > seen.replicas * (1 + TOLERANCE):
            return self._out(seen, name, needed)
        if missing:
            self._forget()
            return Decision(
                event="hold", replicas=seen.replicas, reason=f"nothing is removed: {missing}", needed=needed
            )
        return self._in(seen, max(floor, _whole(needed / (1 - TOLERANCE))), needed)

    def _out(self, seen: Observation, name: str, needed: float) -> Decision:
        self._forget()
        wanted = min(_whole(needed), self.policy.maximum)
        if wanted <= seen.replicas:
            reason = f"at the maximum of {self.policy.maximum}"
            return Decision(event="hold", replicas=seen.replicas, reason=reason, needed=needed)
        return Decision(event="scale out", replicas=wanted, reason=f"{name} above its target", needed=needed)

    def _in(self, seen: Observation, enough: int, needed: float) -> Decision:
        after = self.policy.scale_in_after_seconds
        self._since = seen.at if self._since is None else self._since
        self._enough.append((seen.at, enough))
        while self._enough[0][0] < seen.at - after:
            self._enough.popleft()

        def hold(reason: str) -> Decision:
            return Decision(event="hold", replicas=seen.replicas, reason=reason, needed=needed)

        most = max(count for _, count in self._enough)
        if most >= seen.replicas:
            return hold("within the target")
        if not self.policy.scale_in:
            return hold("fewer would do; scale_in is off")
        if seen.at - self._since < after:
            return hold(f"fewer would do; it must hold for {after:g} s")
        if seen.warming or seen.serving < seen.replicas:
            return hold("fewer would do; a new replica warms up")
        if seen.at - self._last_in < STEP_IN_SECONDS:
            return hold("fewer would do; the last ones have just gone")
        self._last_in = seen.at
        step = max(1, seen.replicas // STEP_IN_PART)
        fewer = max(most, seen.replicas - step)
        return Decision(event="scale in", replicas=fewer, reason=f"{most} were enough for {after:g} s", needed=needed)

    def _needs(self, seen: Observation) -> dict[str, float]:
        """Replicas that each known metric asks for; those that do not serve yet carry nothing."""
        found: dict[str, float] = {}
        for name, target in self.policy.targets().items():
            reading = seen.readings.get(name)
            if reading and reading.value is not None:
                found[name] = seen.serving * reading.value / target
        return found

    def _gap(self, name: str, seen: Observation) -> str:
        reading = seen.readings.get(name)
        if reading is None:
            return f"{name}: not measured"
        return f"{name}: {reading.reason}" if reading.value is None or reading.partial else ""

    def _forget(self) -> None:
        """How long fewer would have done is counted anew."""
        self._enough.clear()
        self._since = None

    def _floor(self, at: float) -> tuple[int, str]:
        own = self.policy.minimum
        if not self.policy.schedules:
            return own, "below the minimum"
        latest = max(self.policy.schedules, key=lambda one: _last(one, at))
        floor = min(max(own, latest.minimum), self.policy.maximum)
        return floor, f"the scheduled minimum {latest.name!r}"


def _last(schedule: Schedule, at: float) -> float:
    """When a schedule last began, as Unix time: this very minute counts."""
    moment = datetime.fromtimestamp(at + 1e-3, UTC)
    return croniter(schedule.schedule, moment).get_prev(float)


def _whole(needed: float) -> int:
    return max(1, ceil(needed - _ROUNDING))
