"""The open loop: begins each operation when it is due, whether or not the ones before it have ended."""

import asyncio
import gc
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archkit.drills.load.history import Record
from archkit.drills.load.journal import Journal
from archkit.drills.load.outcome import Kind, Outcome
from archkit.drills.load.samples import Samples
from archkit.drills.load.schedule import Schedule
from archkit.drills.load.workload import Immediate, Workload

DRAIN_SECONDS = 0.005
GARBAGE_THRESHOLD = 50_000  # fewer collections: one of ten milliseconds would be seen as latency
SURELY_WITHOUT_EFFECT = frozenset({Kind.REFUSED, Kind.UNREACHABLE, Kind.HTTP_4XX})


@dataclass(frozen=True, kw_only=True)
class Counters:
    """Where a load stands.

    Args:
        seconds: Since its start.
        sent: Operations begun.
        in_flight: Begun and not ended.
        by_kind: Ended, by the label of their kind.
        lag_milliseconds: The largest delay with which the generator itself began one since the last report.

    """

    seconds: float
    sent: int
    in_flight: int
    by_kind: dict[str, int]
    lag_milliseconds: float


class Generator:
    """Runs one workload on one schedule in the running event loop.

    Args:
        workload: Prepared already.
        schedule: When each operation should begin.
        journal: Where writes and reads are logged; None where the workload has none.

    """

    def __init__(self, workload: Workload, schedule: Schedule, journal: Journal | None = None) -> None:
        self.samples = Samples()
        self.began = 0.0
        self.began_wall = 0.0
        self.stopped = 0.0
        self.error: BaseException | None = None
        self._workload = workload
        self._schedule = schedule
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._times: Iterator[float] = schedule.times()
        self._next = 0.0
        self._number = 0
        self._immediate = workload.begin if isinstance(workload, Immediate) else None
        self._begun = 0  # without a task, and not ended
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._counts: Counter[int] = Counter()
        self._lag = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._ended = asyncio.Event()

    async def run(self, clock: Callable[[], float]) -> None:
        """Sends until the schedule ends or `stop` is called, then waits for what is under way.

        Args:
            clock: Wall time in seconds, read once at the start.

        """
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE_THRESHOLD)
        self.began, self.began_wall = self._loop.time(), clock()
        self._next = next(self._times)
        self._tick()
        await self._ended.wait()
        if self._tasks:
            await asyncio.wait(set(self._tasks.values()))
        while self._begun:
            await asyncio.sleep(DRAIN_SECONDS)
        if self.error is not None:
            raise self.error

    def stop(self) -> None:
        """Begins nothing more; `run` returns once what is under way has ended."""
        if not self._ended.is_set():
            self.stopped = self._loop.time() - self.began
            if self._timer is not None:
                self._timer.cancel()
            self._ended.set()

    def counters(self) -> Counters:
        """Where it stands now; the largest lag starts anew."""
        lag, self._lag = self._lag, 0.0
        return Counters(
            seconds=self._loop.time() - self.began,
            sent=self._number,
            in_flight=len(self._tasks) + self._begun,
            by_kind={Kind(kind).label: number for kind, number in sorted(self._counts.items())},
            lag_milliseconds=lag * 1e3,
        )

    def _tick(self) -> None:
        """Begins all that is due and sets the timer for the next."""
        now = self._loop.time() - self.began
        while self._next <= now:
            self._begin(self._number, self._next)
            self._number += 1
            following = next(self._times, None)
            if following is None:
                self.stop()
                return
            self._next = following
        self._timer = self._loop.call_at(self.began + self._next, self._tick)

    def _begin(self, number: int, intended: float) -> None:
        began = self._loop.time() - self.began

        def done(outcome: Outcome) -> None:
            self._begun -= 1
            self._record(outcome, intended, began)

        if self._immediate is not None and self._immediate(number, done):
            self._begun += 1
            return
        task = self._loop.create_task(self._one(number, intended))
        if not task.done():  # one that began at once (Python 3.12 and newer) may have ended already
            self._tasks[number] = task

    async def _one(self, number: int, intended: float) -> None:
        began = self._loop.time() - self.began
        try:
            outcome = await self._workload.operation(number)
        except Exception as error:  # a fault of the workload's own code ends the load: its numbers mean nothing
            self.error = self.error or error
            self.stop()
            return
        finally:
            self._tasks.pop(number, None)  # here and not in a done callback, which costs a turn of the loop
        self._record(outcome, intended, began)

    def _record(self, outcome: Outcome, intended: float, began: float) -> None:
        ended = self._loop.time() - self.began
        lag = began - intended
        self._lag = max(self._lag, lag)
        self._counts[outcome.kind] += 1
        self.samples.add(intended, ended - intended, outcome, lag)
        if outcome.entry is not None:
            self._log(outcome, began, ended)

    def _log(self, outcome: Outcome, began: float, ended: float) -> None:
        assert outcome.entry is not None
        assert self._journal is not None, "a workload whose operations have entries is given a journal"
        refused = outcome.without_effect or (outcome.kind in SURELY_WITHOUT_EFFECT and outcome.attempts == 1)
        self._journal.add(Record(outcome.entry, began, ended, outcome.kind == Kind.OK, refused))
