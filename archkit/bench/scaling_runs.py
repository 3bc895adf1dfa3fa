"""Loads on a group that scales, and what the swarm wanted and had meanwhile."""

from __future__ import annotations

import csv
import subprocess
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory

from archkit.bench.deployment import Deployment
from archkit.drills.deployed import deployed
from archkit.drills.faults.host import Host
from archkit.drills.load.http import ClientArgs, HttpReads
from archkit.drills.load.outcome import Kind
from archkit.drills.load.process import Load
from archkit.drills.load.result import LoadResult
from archkit.drills.load.schedule import Schedule, Segment
from archkit.drills.load.worker import Job
from archkit.drills.statistics import Statistics
from archkit.plain import mapping
from archkit.simulate.scaling import PERIOD_SECONDS
from components.controller.agent.swarm import unix_time

LOAD_BALANCER = "edge"
LOOK_SECONDS = 0.2


@dataclass(kw_only=True)
class Watch:
    """What the swarm wanted and had, sampled while a load ran.

    Args:
        began: Monotonic time of the load's start.
        seen: Seconds since then, replicas wanted, replicas that the load balancer gives requests.
        decided: Seconds since then at which another number was wanted, by the swarm's own time: two samples are 0.25 s
            apart, and a tenth decides what a look sees.

    """

    began: float
    seen: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])
    decided: list[float] = field(default_factory=list[float])

    def add(self, at: float, wanted: int, serving: int, *, changed: float) -> None:
        """One more sample.

        Args:
            at: Seconds since the load's start.
            wanted: Replicas.
            serving: Replicas that the load balancer gives requests.
            changed: When the service was last changed, whatever of it, on the same clock.

        """
        if self.seen and wanted != self.seen[-1][1]:
            self.decided.append(min(max(changed, self.seen[-1][0]), at))
        self.seen.append((at, wanted, serving))

    def reached(self, count: int, after: float) -> float | None:
        """Seconds from a moment until that many ran; None: never."""
        return next((at - after for at, _, running in self.seen if at >= after and running >= count), None)

    def fallen(self, count: int, after: float) -> float | None:
        """Seconds from a moment until no more than that many ran; None: never."""
        return next((at - after for at, _, running in self.seen if at >= after and running <= count), None)

    def changes(self, after: float) -> int:
        """How often the wanted number changed from then on."""
        return sum(at >= after for at in self.decided)


def run(web: Deployment, path: str, steps: tuple[tuple[float, float], ...]) -> tuple[LoadResult, Watch]:
    """Sends GETs at one rate after another (requests a second, seconds), and watches the group meanwhile.

    What a sample calls its replica is the answer's `Retry-After`: of a request that was refused, and empty else.
    """
    schedule = Schedule(tuple(Segment(rate=rate, seconds=seconds) for rate, seconds in steps))
    client = ClientArgs(addresses=(("127.0.0.1", web.port),), replica_header="retry-after")
    reads = HttpReads(client=client, path=path)
    with TemporaryDirectory(prefix="archkit-load-") as folder:
        job = Job(workload=reads, schedule=schedule, directory=folder)
        with Load(job, name=f"GET {web.url}{path}") as load:
            load.start()
            watch = Watch(began=time.monotonic())
            with _watching(web, watch):
                time.sleep(schedule.seconds)
            return load.stop(), watch


@contextmanager
def _watching(web: Deployment, watch: Watch) -> Generator[None]:
    ended = threading.Event()
    daemon = web.docker
    statistics = Statistics(deployed(web.project, web.name), LOAD_BALANCER, Host())

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            attrs = mapping(daemon.services.get(f"{web.name}-web").attrs)
            at, ago = time.monotonic() - watch.began, time.time() - unix_time(attrs["UpdatedAt"])
            wanted = int(mapping(attrs["Spec"])["Mode"]["Replicated"]["Replicas"])
            with suppress(OSError):
                watch.add(at, wanted, serving_in(statistics()), changed=at - ago)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        statistics.close()


def serving_in(text: str) -> int:
    """Replicas that a load balancer gives requests, by its own statistics: later than they are healthy."""
    rows = csv.DictReader(text.removeprefix("# ").splitlines())
    return sum(row["pxname"] == "web" and row["svname"] != "BACKEND" and row["status"].startswith("UP") for row in rows)


def running(web: Deployment) -> int:
    """Replicas whose health check passed."""
    mine = [f"archkit.stack={web.name}", "archkit.component=web"]
    return len(web.docker.containers.list(filters={"label": mine, "health": "healthy"}))


def hold_to(web: Deployment, cpus: float) -> None:
    """Holds each replica, those to come included, to a share of a processor."""
    command = ["docker", "service", "update", "--quiet", "--limit-cpu", f"{cpus:g}", f"{web.name}-web"]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=180)


def capacity_of(web: Deployment, path: str, rate: float) -> float:
    """Requests a second that one replica answers, asked for more than it can."""
    lead, seconds = 5.0, 10.0
    daemon = web.docker
    (controller,) = web.containers("controller")
    daemon.containers.get(controller).pause()  # it would add a replica
    try:
        result, _ = run(web, path, ((rate, lead + seconds),))
    finally:
        daemon.containers.get(controller).unpause()
    answered = [one.intended + one.latency for one in result.samples if one.kind == Kind.OK]
    return sum(lead <= at < lead + seconds for at in answered) / seconds


def settle(web: Deployment, seconds: float = 60.0) -> None:
    """Until the capacity's load is forgotten, and one replica is left."""
    time.sleep(20)
    until = time.monotonic() + seconds
    subprocess.run(["docker", "service", "scale", "--detach", f"{web.name}-web=1"], check=True, capture_output=True)
    while running(web) != 1:
        if time.monotonic() > until:
            message = f"{web.name}-web: must have one replica before it is measured, got {running(web)}"
            raise TimeoutError(message)
        time.sleep(0.5)


def first_look(watch: Watch) -> float:
    """When the controller first looked, 0 to 5 s into the load: it decides when it looks, and then every 5 s."""
    return watch.decided[0] % PERIOD_SECONDS


def start_seconds(watch: Watch) -> float:
    """From the first decision until the load balancer gives the replicas that it asked for requests."""
    first = watch.seen[0][1]
    decided = next(((at, wanted) for at, wanted, _ in watch.seen if wanted > first), None)
    if decided is None:
        message = "the group never grew: nothing can be compared"
        raise RuntimeError(message)
    reached = watch.reached(decided[1], decided[0])
    if reached is None:
        message = f"{decided[1]} replicas were wanted and never ran: nothing can be compared"
        raise RuntimeError(message)
    return reached
