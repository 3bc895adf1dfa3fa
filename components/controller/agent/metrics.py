"""What replicas do: requests by the load balancers' counters, CPU by what the controller of each node samples."""

import csv
import json
import socket
import urllib.request
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import pairwise

from components.controller.agent.policy import Reading
from components.controller.agent.server import PORT, SAMPLES
from components.controller.agent.swarm import LOAD_BALANCER, Service, View

STATISTICS_PORT = 8404
WINDOW_SECONDS = 15.0
# Looks are never exactly five seconds apart, and a daemon tells the CPU up to a second later than it was asked: without
# it the window would be ten as often as fifteen.
SLACK_SECONDS = 2.0
SHORTEST_SECONDS = 8.0
TIMEOUT_SECONDS = 4.0
_UNCHECKED = "-unchecked"  # the load balancer's second pool of the same replicas, for when no check passes

Point = tuple[float, float]  # a time, and what a counter stood at then


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Counters that only grow, by what they count; one that is missing did not answer."""

    at: float
    counters: dict[str, float]


@dataclass
class Counters:
    """Rates from counters: the growth of each over the window, a restart counted from zero."""

    _samples: deque[Sample] = field(default_factory=deque[Sample])

    def add(self, sample: Sample) -> None:
        """Takes the newest; forgets what left the window."""
        self._samples.append(sample)
        while self._samples[0].at < sample.at - WINDOW_SECONDS - SLACK_SECONDS:
            self._samples.popleft()

    def rates(self) -> dict[str, float]:
        """Growth a second of each counter that the newest sample has; empty where the window is too short."""
        if not self._samples:
            return {}
        newest, found = self._samples[-1], dict[str, float]()
        for key in newest.counters:
            points = [(one.at, one.counters[key]) for one in self._samples if key in one.counters]
            span = points[-1][0] - points[0][0]
            if span < SHORTEST_SECONDS:
                continue
            grown = sum(b - a if b >= a else b for (_, a), (_, b) in pairwise(points))
            found[key] = grown / span
        return found


class Requests:
    """Requests that each service got, from the statistics of all load balancers of the stack."""

    def __init__(self, ask: Callable[[str], str]) -> None:
        self._ask = ask
        self._counters = Counters()
        self._expected = 0
        self._answered = 0

    def look(self, view: View, now: float, addresses: Callable[[str], list[str]]) -> None:
        """Asks every load balancer once."""
        counted: dict[str, float] = {}
        balancers = [service for service in view.services.values() if service.role == LOAD_BALANCER]
        self._expected = sum(len(one.running) for one in balancers)
        self._answered = 0
        asked = [found for one in balancers for found in addresses(f"tasks.{one.name}")]
        told = _answers(self._ask, [f"http://{address}:{STATISTICS_PORT}/stats;csv" for address in asked])
        for address, text in zip(asked, told, strict=True):
            if text is None:
                continue
            self._answered += 1
            for component, total in requests_in(text):
                key = f"{component} {address}"
                counted[key] = counted.get(key, 0.0) + total
        self._counters.add(Sample(at=now, counters=counted))

    def reading(self, service: Service) -> Reading:
        """Requests a minute of each replica that serves."""
        rates = [rate for key, rate in self._counters.rates().items() if key.split()[0] == service.component]
        told = f"{self._answered} of {self._expected} load balancers tell"
        if not rates or not service.running:
            return Reading(value=None, reason=f"{told}, for less than {SHORTEST_SECONDS:g} s")
        partial = self._answered < self._expected or len(rates) < self._answered
        return Reading(value=60 * sum(rates) / len(service.running), partial=partial, reason=told)


class Usage:
    """Processor time that each replica used, from the controllers of all nodes.

    Each tells its samples of the last seconds and how old they are: rates come from one node's clock alone, and nothing
    needs to be remembered here, by whichever controller is in charge.
    """

    def __init__(self, ask: Callable[[str], str]) -> None:
        self._ask = ask
        self._rates: dict[str, float] = {}

    def look(self, controllers: Iterable[str]) -> None:
        """Asks every node's controller once; one of another version knows no samples, and does not tell."""
        self._rates = {}
        for text in _answers(self._ask, [f"http://{address}:{PORT}{SAMPLES}" for address in controllers]):
            for task, points in _samples_in(text or "{}").items():
                counters = Counters()
                for ago, used in points:
                    counters.add(Sample(at=-ago, counters={task: used}))
                self._rates.update(counters.rates())

    def reading(self, service: Service, warm_up_seconds: float, now: float) -> Reading:
        """CPU of each replica that is warm, in percent of what it may use."""
        if not service.cpu_limit:
            return Reading(value=None, reason="the replicas have no limit that a percentage could be of")
        warm = [task for task in service.running if now - task.since >= warm_up_seconds]
        known = [self._rates[task.id] for task in warm if task.id in self._rates]
        told = f"{len(known)} of {len(warm)} warm replicas tell"
        if not known:
            return Reading(value=None, reason=told)
        value = 100 * sum(known) / len(known) / service.cpu_limit
        return Reading(value=value, partial=len(known) < len(warm), reason=told)


def requests_in(text: str) -> Iterable[tuple[str, float]]:
    """Each service's total in HAProxy's statistics, by the component's name.

    `stot` counts a request when it comes, those that wait or are refused included: they are the demand. `req_tot`
    counts what has ended, which under an overload is what the replicas can do, and asks for no more of them.
    """
    for row in csv.DictReader(text.removeprefix("# ").splitlines()):
        if row["svname"] == "BACKEND" and row.get("stot"):
            yield row["pxname"].removesuffix(_UNCHECKED), float(row["stot"])


def _samples_in(text: str) -> dict[str, list[Point]]:
    """What a controller tells, by task; nothing where it is something else."""
    try:
        return {
            str(task): [(float(ago), float(used)) for ago, used in points] for task, points in json.loads(text).items()
        }
    except (AttributeError, TypeError, ValueError):
        return {}


def _answers(ask: Callable[[str], str], urls: list[str]) -> list[str | None]:
    """What each says; None where it does not answer. All at once: ten nodes that died cost one time-out, not ten."""

    def one(url: str) -> str | None:
        try:
            return ask(url)
        except (OSError, ValueError, HTTPException):
            return None

    with ThreadPoolExecutor(max_workers=16) as pool:
        return list(pool.map(one, urls))


def ask(url: str) -> str:
    """What an address of the controller's own network answers.

    Raises:
        OSError: Nothing, or not with 200.

    """
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http to addresses of the swarm
        return answer.read().decode()


def addresses(name: str) -> list[str]:
    """All addresses of a name in the swarm's DNS; none where it is not known."""
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return []
    return sorted({str(one[4][0]) for one in found})
