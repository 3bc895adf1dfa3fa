"""The handle on a load that runs in its own process, undisturbed by the drill's own work."""

import contextlib
import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from archkit.drills.load.consistency import Consistency
from archkit.drills.load.generator import Counters
from archkit.drills.load.journal import read_journal
from archkit.drills.load.result import LoadResult, Pace
from archkit.drills.load.samples import Samples
from archkit.drills.load.worker import JOURNAL_FILE, SAMPLES_FILE, Job, main
from archkit.errors import UserError

GRACE_SECONDS = 15.0  # for the process to write its samples, on top of the time-outs of its job


class Load:
    """One load in a process of its own.

        with Load(job, name="GET /") as load:
            load.start()
            ...  # the drill: load.counters says where it stands
            result = load.stop()

    Args:
        job: Workload, schedule and folder (which must exist).
        name: For people and reports: `GET http://127.0.0.1:8080/`.
        prefix: A command to run it under: `nsenter --net=...` sends from inside a zone of the lab.
        drain_seconds: How long operations under way may take to end; the workload's own time-out and more.

    """

    def __init__(self, job: Job, *, name: str, prefix: Sequence[str] = (), drain_seconds: float = 30.0) -> None:
        self._job = job
        self._name = name
        self._prefix = prefix
        self._drain_seconds = drain_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._heard = threading.Condition()
        self._events: dict[str, dict[str, Any]] = {}
        self._ended = False

    def start(self) -> None:
        """Starts the process and returns once the first operation is due.

        Raises:
            UserError: The workload could not be prepared: nobody answers, for example.

        """
        directory = Path(self._job.directory)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with (directory / "generator.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*self._prefix, sys.executable, "-c", f"from {main.__module__} import main; main()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
            )
        self._reader = threading.Thread(target=self._listen, name="load", daemon=True)
        self._reader.start()
        assert self._process.stdin is not None
        try:
            pickle.dump(self._job, self._process.stdin)
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it ended at once; what it said is reported below
        self._wait_for("ready", self._job.prepare_timeout_seconds + GRACE_SECONDS)

    @property
    def counters(self) -> Counters | None:
        """Where it stands, at most 0.25 s old; None before the first report."""
        with self._heard:
            values = self._events.get("counters")
        return Counters(**{key: value for key, value in values.items() if key != "event"}) if values else None

    @property
    def running(self) -> bool:
        """True from `start` until the process has ended."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> LoadResult:
        """Sends no more, waits for what is under way, has the writes verified, and returns all of it.

        Raises:
            UserError: The process failed or did not end in time.

        """
        assert self._process is not None, "stop comes after start"
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(b"stop\n")
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # the schedule was over already
        return self.wait(self._drain_seconds + self._job.verify_timeout_seconds + GRACE_SECONDS)

    def wait(self, timeout_seconds: float | None = None) -> LoadResult:
        """Waits until a schedule with an end is over; without a time-out as long as that takes."""
        if timeout_seconds is None:
            spare = self._drain_seconds + self._job.verify_timeout_seconds + GRACE_SECONDS
            timeout_seconds = self._job.schedule.seconds + spare
        done = self._wait_for("done", timeout_seconds)
        self.close()
        return _result(self._job, self._name, done)

    def close(self) -> None:
        """Ends the process, if need be by force; may be called twice."""
        if self._process is None:
            return
        if self._process.poll() is None:
            try:
                self._process.wait(1.0 if "done" in self._events else 0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._reader is not None:
            self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event = json.loads(line)
            with self._heard:
                self._events[event["event"]] = event
                self._heard.notify_all()
        with self._heard:
            self._ended = True
            self._heard.notify_all()

    def _wait_for(self, name: str, seconds: float) -> dict[str, Any]:
        with self._heard:
            self._heard.wait_for(lambda: name in self._events or "failed" in self._events or self._ended, seconds)
            event, failed = self._events.get(name), self._events.get("failed")
        if event is not None:
            return event
        self.close()
        log = (Path(self._job.directory) / "generator.log").read_text(errors="replace").strip()
        reason = failed["error"] if failed else log[-800:] or f"no word in {seconds:.0f} s"
        problem = f"load: must be able to run `{self._name}`, got {reason}; without load a drill proves nothing"
        raise UserError(problem)


def _result(job: Job, name: str, done: dict[str, Any]) -> LoadResult:
    directory = Path(job.directory)
    seconds = done["seconds"]
    return LoadResult(
        workload=name,
        rate=job.schedule.due(seconds) / seconds if seconds else 0.0,
        began_wall=done["began_wall"],
        began_monotonic=done["began_monotonic"],
        seconds=seconds,
        samples=Samples.read(directory / SAMPLES_FILE),
        pace=Pace(**done["pace"]),
        records=tuple(read_journal(directory / JOURNAL_FILE)),
        consistency=Consistency.of(done["consistency"]) if done["consistency"] else None,
        verify_error=done["verify_error"],
    )
