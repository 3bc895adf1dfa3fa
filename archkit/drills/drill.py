"""One run of a scenario: what its story is told with."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from archkit.drills.allowance import Allowance
from archkit.drills.deployed import Deployed
from archkit.drills.faults import Fault
from archkit.drills.injection import injected
from archkit.drills.journal import Journal
from archkit.drills.load import Counters, Kind, Load
from archkit.drills.observe import healthy
from archkit.drills.report import Timing
from archkit.drills.timeline import FAULT, HEALING, NOTE, Timeline
from archkit.drills.victims.engines import PROBES
from archkit.drills.victims.members import Member
from archkit.drills.victims.select import Selection, select
from archkit.drills.victims.selector import Victim, primary_of
from archkit.errors import UserError

POLL_SECONDS = 0.1
STEADY_SECONDS, AFTER_SECONDS = 3.0, 3.0  # before the fault, and after all is well again
SILENCE_SECONDS = 5.0
STEADY_SHARE = 0.9  # the others may be begun a moment later
CHOSEN_SECONDS = 10.0  # a new primary leads sooner, or nobody does
STALL_SECONDS = 1.0  # what a short stall of a busy machine leaves unanswered is no hanging system


@dataclass(kw_only=True)
class Drill:
    """What a scenario is told with.

    Args:
        deployed: Whom it harms.
        load: What clients do meanwhile; it runs already.
        timeline: What happened when.
        rate: Requests per second that the load should send.
        journal: Where faults are written down before they are made.
        patience: Multiplies every deadline: slow machines are no failures of a design.
        seed: Decides between equal victims.
        force: Harm also who is the only one.

    """

    deployed: Deployed
    load: Load
    timeline: Timeline
    journal: Journal
    rate: float = 0.0
    patience: float = 1.0
    seed: int = 0
    force: bool = False
    missed: list[str] = field(default_factory=list[str])
    timings: list[Timing] = field(default_factory=list[Timing])
    allowance: Allowance = field(default_factory=Allowance)

    def service(self) -> str:
        """The design's first stateless service."""
        return self.deployed.components("service")[0]

    def count(self, component: str) -> int:
        """How many members of a component are healthy now."""
        return len(healthy(self.deployed, component))

    def load_balancer(self) -> str:
        """The design's load balancer."""
        return self.deployed.components("load_balancer")[0]

    def steady(self, seconds: float) -> None:
        """Clients are served without a failure for so long.

        Raises:
            UserError: They are not: a fault would prove nothing.

        """
        self.timeline.mark(f"steady state for {seconds:g} s")
        before = self._heard()
        time.sleep(seconds)
        after = self._heard()
        if problem := _unsteady(before, after, self.rate):
            raise UserError(problem)

    def choose(self, victim: Victim | str) -> Selection:
        """Whom to harm, by role; the same for the same seed.

        Raises:
            UserError: Nobody like that runs, or it is the only one and force is not given.

        """
        wanted = Victim.parse(victim) if isinstance(victim, str) else victim
        chosen = select(wanted, self.deployed.population, seed=self.seed, force=self.force, probes=PROBES)
        self.timeline.mark(f"victim: {chosen.describe()}")
        return chosen

    def one(self, victim: Victim | str) -> Member:
        """The one member that a victim's words mean."""
        return self.choose(victim).members[0]

    def primary(self, component: str) -> Member:
        """The member that takes a component's writes, asked of its engine: see `victims/engines.py`.

        Where members are choosing one, as right after a deployment, it is waited for.

        Raises:
            UserError: There is none after `CHOSEN_SECONDS`.

        """
        asked = Retrying(
            retry=retry_if_exception_type(UserError),
            stop=stop_after_delay(CHOSEN_SECONDS),
            wait=wait_fixed(0.5),
            reraise=True,
        )
        return asked(self.one, primary_of(component))

    @contextmanager
    def fault(self, *faults: Fault) -> Generator[None]:
        """Faults in force for the length of the block; healed whatever happens."""
        for one in faults:  # before it is made, so that nothing of it is taken for the steady state
            self.timeline.mark(f"the drill {one.describe()}", kind=FAULT)
        with injected(*faults, journal=self.journal) as injection:
            yield
            injection.heal()
            for one in faults:
                self.timeline.mark(f"healed: the drill no longer {one.describe()}", kind=HEALING)

    def clients_may_see(
        self,
        *,
        failed: int | None = None,
        gap_seconds: float | None = None,
        failed_reads: int | None = None,
        write_gap_seconds: float | None = None,
        p99_seconds: float | None = None,
    ) -> None:
        """What the whole run is held to, beside the design's objectives; patience multiplies every time."""

        def patient(seconds: float | None) -> float | None:
            return None if seconds is None else seconds * self.patience

        self.allowance = Allowance(
            failed=failed,
            gap_seconds=patient(gap_seconds),
            failed_reads=failed_reads,
            write_gap_seconds=patient(write_gap_seconds),
            p99_seconds=patient(p99_seconds),
        )

    def hold(self, seconds: float) -> None:
        """Lets time pass while the fault is in force."""
        time.sleep(seconds)

    def expect(self, what: str, holds: Callable[[], bool], *, within: float) -> bool:
        """Something becomes true in time; where it does not, the run goes on and has missed it.

        Time runs from the last fault or healing, not from this call: how long making it took counts as well.

        Args:
            what: As a sentence: `3 replicas of web are healthy`.
            holds: Asked every 0.1 s.
            within: Seconds, before patience is multiplied in.

        """
        marks = [event.monotonic for event in self.timeline.events if event.kind != NOTE]
        began = max(marks, default=time.monotonic())
        deadline = began + within * self.patience
        while not holds():
            if time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS)
        now = time.monotonic()
        if now <= deadline:
            self.timeline.mark(f"{what} (after {now - began:.1f} s)")
            self.timings.append(Timing(what=what, seconds=round(now - began, 2), within_seconds=within))
            return True
        self.timings.append(Timing(what=what, seconds=None, within_seconds=within))
        self.missed.append(f"{what} within {within * self.patience:g} s: it did not come true in time")
        self.timeline.mark(f"not in time: {what}")
        return False

    def send_at_least(self, requests: int) -> None:
        """Goes on until so many requests were sent."""
        while self._heard().sent < requests:
            time.sleep(POLL_SECONDS)

    def failed_so_far(self) -> int:
        """Requests that have ended badly up to now."""
        return sum(count for kind, count in self._heard().by_kind.items() if kind != Kind.OK.label)

    def _heard(self) -> Counters:
        """What clients have seen up to now: the load's next report, not its last.

        Raises:
            UserError: It says nothing any more.

        """
        last = self.load.counters
        until = time.monotonic() + SILENCE_SECONDS
        while (fresh := self.load.counters) is None or fresh == last:
            if time.monotonic() > until:
                message = f"load: must report what clients see, got nothing for {SILENCE_SECONDS:g} s; is it stopped?"
                raise UserError(message)
            time.sleep(0.02)
        return fresh


def _unsteady(before: Counters, after: Counters, rate: float) -> str:
    """Why a fault would prove nothing now; empty where clients are served as they should be."""
    seconds = after.seconds - before.seconds
    sent = after.sent - before.sent
    due = rate * seconds
    if sent < due * STEADY_SHARE:
        return (
            f"load/rate: must be what this machine can send, got {rate:g} per second; {sent / seconds:.0f} per second "
            "were reached; ask for a lower --rate or free a core"
        )
    good = after.by_kind.get(Kind.OK.label, 0) - before.by_kind.get(Kind.OK.label, 0)
    ended = sum(after.by_kind.values()) - sum(before.by_kind.values())
    proves_nothing = "what happens afterwards would prove nothing; see `archkit status` and `archkit logs`"
    if failed := ended - good:
        return (
            f"drill/steady state: clients must be served without failures before the fault, got {failed} failed of "
            f"{sent} in {seconds:.1f} s; {proves_nothing}"
        )
    if after.in_flight > sent / seconds * STALL_SECONDS:
        return (
            f"drill/steady state: clients must be answered before the fault, got {after.in_flight} of {sent} requests "
            f"without an answer so far; {proves_nothing}"
        )
    return ""
