"""A steady stream of GETs while something happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from tempfile import TemporaryDirectory

from archkit.drills.load.http import ClientArgs, HttpReads
from archkit.drills.load.process import Load
from archkit.drills.load.result import LoadResult
from archkit.drills.load.schedule import Schedule
from archkit.drills.load.worker import Job

LEAD_SECONDS = 1.0


def gets_while(
    port: int, event: Callable[[], None], *, rate: float, at_least_seconds: float, path: str = "/"
) -> LoadResult:
    """What clients saw of an event.

    Args:
        port: Where they ask, on this machine.
        event: Happens a second after the first request; requests go on until it has ended.
        rate: Requests per second.
        at_least_seconds: How long they are sent at least.
        path: What they ask for.

    """
    reads = HttpReads(client=ClientArgs(addresses=(("127.0.0.1", port),)), path=path)
    with TemporaryDirectory(prefix="archkit-load-") as folder:
        job = Job(workload=reads, schedule=Schedule.constant(rate), directory=folder)
        with Load(job, name=f"GET http://127.0.0.1:{port}{path}") as load:
            began = time.monotonic()
            load.start()
            time.sleep(LEAD_SECONDS)
            event()
            time.sleep(max(0.0, at_least_seconds - (time.monotonic() - began)))
            return load.stop()
