"""Keeps one database's copies: makes what is due, removes what is over, and says so."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from croniter import croniter

from components.backup.local.agent.journal import Journal
from components.backup.local.agent.log import missing
from components.backup.local.agent.pgbackrest import Backrest, BackrestError
from components.backup.local.agent.plan import Copy, Plan, copies
from components.backup.local.agent.tiers import expiry, kind_of_next

CHECK_SECONDS = 20  # how long the log may take to arrive before a member is asked again
AGAIN_SECONDS = 60  # after a copy that failed
LOG_SECONDS = 60 * 60  # between two looks at whether the log is whole; the first is at the start


def due(plan: Plan, held: list[Copy], now: datetime) -> bool:
    """Whether a copy is due: none was made since the schedule's last time, also where nobody was there to make it."""
    last: datetime = croniter(plan.schedule, now).get_prev(datetime)
    return not held or held[-1].stopped < last


class Keeper:
    """One round after the other; what goes wrong is told once, and tried again.

    Args:
        plan: What is kept.
        backrest: Does it.
        journal: Is told.
        clock: UTC.

    """

    def __init__(
        self,
        plan: Plan,
        backrest: Backrest,
        journal: Journal,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._plan = plan
        self._backrest = backrest
        self._journal = journal
        self._clock = clock
        self._arrives = False
        self._not_before: dict[int, float] = {}
        self._look_at_log: dict[int, float] = {}

    def round(self) -> None:
        """Makes the stanza, waits until the log arrives, then copies what is due."""
        try:
            if not self._arrives:
                # The stanza first: what members sent before would be refused, and they would begin to pile it up.
                self._backrest.call("stanza-create")
                self._journal.tell_once("stanza", "stanza ready", stanza=self._plan.stanza)
                self._backrest.call("check", f"--archive-timeout={CHECK_SECONDS}")
                self._arrives = True
                self._journal.tell_once("log", "log arrives", stanza=self._plan.stanza)
            info = self._backrest.info()
        except BackrestError as error:
            self._journal.tell_once("log", "not ready", reason=str(error))
            return
        for number in self._plan.repositories:
            self._keep(number, copies(info, number))

    def _keep(self, number: int, held: list[Copy]) -> None:
        if time.monotonic() < self._not_before.get(number, 0):
            return
        broken = self._broken(number, held)
        if not broken and not due(self._plan, held, self._clock()):
            return
        # One that builds on an older copy would need the log between the two for a point in time there.
        kind = "full" if broken else kind_of_next(held, self._clock())
        began = time.monotonic()
        try:
            self._backrest.call("backup", f"--repo={number}", f"--type={kind}")
            self._journal.tell("copied", repository=number, kind=kind, seconds=round(time.monotonic() - began, 1))
            self._expire(number)
        except BackrestError as error:
            self._not_before[number] = time.monotonic() + AGAIN_SECONDS
            self._look_at_log.pop(number, None)
            self._journal.tell("ALARM: copy failed", repository=number, kind=kind, reason=str(error))

    def _broken(self, number: int, held: list[Copy]) -> bool:
        """Whether log is missing since the newest whole copy: let go while nobody fetched it, or before a restore.

        What is written from now on would be lost with the site, up to the schedule's next copy.
        """
        begins = next((one.begins for one in reversed(held) if one.whole), "")
        if not begins or time.monotonic() < self._look_at_log.get(number, 0):
            return False
        self._look_at_log[number] = time.monotonic() + LOG_SECONDS
        try:
            gone = missing(self._backrest.log_files(number), since=begins)
        except BackrestError as error:
            self._journal.tell_once(f"files {number}", "log cannot be read", repository=number, reason=str(error))
            return False
        if gone:
            self._journal.tell("log is not whole: another copy begins a new one", repository=number, missing=gone[:3])
        return bool(gone)

    def _expire(self, number: int) -> None:
        over = expiry(self._plan, copies(self._backrest.info(), number), self._clock())
        for label in over.labels:
            self._backrest.call("expire", f"--repo={number}", f"--set={label}")
            self._journal.tell("removed", repository=number, copy=label)
        log = (f"--repo{number}-retention-archive={over.whole_with_log}", f"--repo{number}-retention-archive-type=full")
        self._backrest.call("expire", f"--repo={number}", *log)
