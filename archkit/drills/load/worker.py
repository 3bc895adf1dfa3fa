"""The generator's own process, driven through its pipes by `process.py`.

stdin: the pickled `Job`, then one line that ends the load (or the end of the pipe, when the drill died).
stdout: one JSON document a line: `{"event": "ready" | "counters" | "failed" | "done", ...}`.
"""

import asyncio
import json
import pickle
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archkit.drills.load.consistency import check
from archkit.drills.load.generator import Generator
from archkit.drills.load.journal import Journal
from archkit.drills.load.limits import raise_open_files, raise_priority
from archkit.drills.load.loop import exact_loop
from archkit.drills.load.result import pace_of
from archkit.drills.load.schedule import Schedule
from archkit.drills.load.workload import Workload

REPORT_SECONDS = 0.25
VERIFY_PAUSE_SECONDS = 0.25
SAMPLES_FILE = "samples.bin"
JOURNAL_FILE = "history.jsonl"


@dataclass(frozen=True, kw_only=True)
class Job:
    """What the process is to do.

    Args:
        workload: What one operation is.
        schedule: When each should begin.
        directory: Where samples and history are written.
        prepare_timeout_seconds: How long connecting may take.
        verify_timeout_seconds: How long reading everything back is tried; the system may still be on its way back.

    """

    workload: Workload
    schedule: Schedule
    directory: str
    prepare_timeout_seconds: float = 30.0
    verify_timeout_seconds: float = 60.0


def main() -> None:
    """Runs one job; its parent ends it, so Ctrl-C is left to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    job = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the parent process, which is the same user's
    assert isinstance(job, Job)
    raise_open_files()
    raise_priority()
    with asyncio.Runner(loop_factory=exact_loop) as runner:
        try:
            runner.run(_run(job))
        except Exception as error:  # whatever it is, the drill must hear of it
            _say("failed", error=f"{type(error).__name__}: {error}")
            sys.exit(1)


async def _run(job: Job) -> None:
    async with asyncio.timeout(job.prepare_timeout_seconds):
        await job.workload.prepare()
    directory = Path(job.directory)
    with Journal(directory / JOURNAL_FILE) as journal:
        generator = Generator(job.workload, job.schedule, journal)
        _watch_parent(asyncio.get_running_loop(), generator)
        _say("ready")
        reports = asyncio.create_task(_report(generator))
        cpu = time.process_time()
        await generator.run(time.time)
        cpu = time.process_time() - cpu
        reports.cancel()
    generator.samples.write(directory / SAMPLES_FILE)
    counters = generator.counters()
    seconds = min(generator.stopped, job.schedule.seconds)
    consistency, problem = await _verify(job, journal)
    await job.workload.close()
    _say(
        "done",
        began_wall=generator.began_wall,
        began_monotonic=generator.began,
        seconds=seconds,
        counters=asdict(counters),
        pace=asdict(pace_of(job.schedule.due(seconds), generator.samples.lag, cpu, counters.seconds)),
        consistency=consistency,
        verify_error=problem,
    )


async def _verify(job: Job, journal: Journal) -> tuple[dict[str, Any] | None, str]:
    """The checked history, or why it could not be checked."""
    deadline = asyncio.get_running_loop().time() + job.verify_timeout_seconds
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                found: Mapping[str, int] | None = await job.workload.verify()
        except Exception as error:  # an unreadable system is a finding, not a crash
            if asyncio.get_running_loop().time() + VERIFY_PAUSE_SECONDS >= deadline:
                return None, f"{type(error).__name__}: {error}"
            await asyncio.sleep(VERIFY_PAUSE_SECONDS)
        else:
            return (None, "") if found is None else (asdict(check(journal.records, found)), "")


async def _report(generator: Generator) -> None:
    while True:
        await asyncio.sleep(REPORT_SECONDS)
        _say("counters", **asdict(generator.counters()))


def _watch_parent(loop: asyncio.AbstractEventLoop, generator: Generator) -> None:
    """Stops on a line from the parent, or when it is gone."""

    def wait() -> None:
        sys.stdin.buffer.readline()
        loop.call_soon_threadsafe(generator.stop)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _say(event: str, **values: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **values}) + "\n")
    sys.stdout.flush()
