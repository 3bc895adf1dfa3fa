"""The processor time of this node's replicas, sampled on its own: a daemon that is slow to tell it delays nobody."""

import json
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from components.controller.agent.docker_api import Docker, DockerError
from components.controller.agent.journal import Journal
from components.controller.agent.metrics import WINDOW_SECONDS, Point
from components.controller.agent.swarm import REPLICA, ROLE, STACK, unix_time

# Asked every 5 s, it samples in time for the next look: a daemon's collector takes up to a second, with others before.
DELAY_SECONDS = 3.0
KEPT_SECONDS = WINDOW_SECONDS + 5.0  # the window ends with the newest sample, which is up to a look old


class Sampler:
    """Samples while it is asked; once for each time, and not at all where no service of the stack has a CPU target.

    Args:
        docker: This node's daemon.
        stack: Whose replicas.
        journal: Where it is said that the daemon does not tell.
        delay_seconds: From being asked until the sample that follows.

    """

    def __init__(self, docker: Docker, stack: str, journal: Journal, *, delay_seconds: float = DELAY_SECONDS) -> None:
        self._docker = docker
        self._stack = stack
        self._journal = journal
        self._delay_seconds = delay_seconds
        self._asked = threading.Event()
        self._asked_at = time.monotonic()
        self._kept: dict[str, list[Point]] = {}  # replaced as a whole: who reads it sees one state

    def start(self) -> None:
        """In the background, for as long as the process lives."""
        threading.Thread(target=self._follow, daemon=True).start()

    def told(self) -> dict[str, list[Point]]:
        """How many seconds ago each replica had used how many seconds of processor time, by the swarm's id of its task.

        At once, and the oldest first. By ages nobody needs to know this node's clock, and what is no longer sampled
        is soon no longer told.
        """
        now = time.monotonic()
        self._asked_at = now
        self._asked.set()
        aged = {task: [(now - at, used) for at, used in points] for task, points in self._kept.items()}
        recent = {task: [one for one in points if one[0] <= KEPT_SECONDS] for task, points in aged.items()}
        return {task: points for task, points in recent.items() if points}

    def sample(self) -> None:
        """Takes one of each replica; those that it cannot get are left out.

        Raises:
            DockerError: The daemon does not tell the replicas.

        """
        new = dict(self._used())
        since = time.monotonic() - KEPT_SECONDS
        kept = {task: [one for one in points if one[0] >= since] for task, points in self._kept.items()}
        for task, point in new.items():
            kept.setdefault(task, []).append(point)
        self._kept = {task: points for task, points in kept.items() if points}

    def _follow(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            time.sleep(max(0.0, self._asked_at + self._delay_seconds - time.monotonic()))
            try:
                self.sample()
                self._journal.tell_once("cpu", "CPU is sampled", reason="")
            except Exception as error:  # whatever it is: it would be the last sample of this node
                self._journal.tell_once("cpu", "CPU is not sampled", reason=f"{type(error).__name__}: {error}")

    def _used(self) -> Iterable[tuple[str, Point]]:
        """By task: the monotonic time at which the daemon read it, and its seconds of processor time."""
        wanted = json.dumps({"label": [f"{STACK}={self._stack}", f"{ROLE}={REPLICA}"]})
        containers = self._docker.get("/containers/json", filters=wanted)
        # The daemon takes up to a second for each, whatever is asked of it: so all at once.
        with ThreadPoolExecutor(max_workers=16) as pool:
            return [one for one in pool.map(self._one, containers) if one]

    def _one(self, container: dict[str, Any]) -> tuple[str, Point] | None:
        query = {"stream": "false", "one-shot": "true"}
        try:
            stats: Any = self._docker.get(f"/containers/{container['Id']}/stats", **query)
        except DockerError:
            return None  # it has just ended; of the others it says nothing
        ago = time.time() - unix_time(stats["read"])  # of a container that has just ended: since the year 1
        task = container["Labels"].get("com.docker.swarm.task.id", "")
        return task, (time.monotonic() - max(0.0, ago), stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9)
