"""The configuration of HAProxy: what the template shows, and how routes become its conditions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from components.access.local import LocalBackend
from components.errors import unless
from components.load_balancer.contract import Route
from components.templating import render

PORT = 8080
LINKED_PORT = 8081  # for components of the stack; published to nobody
INTERNAL_PORT = 8404
STOP_SECONDS = 8
RETRY_AFTER_SECONDS = 2  # scaling out takes longer, but a burst is over
_PATH = re.compile(r"/[A-Za-z0-9_.~/@:+&=%-]*\*?")


@dataclass(frozen=True, kw_only=True)
class Backend:
    """One service behind the load balancer.

    Args:
        name: HAProxy's name for it: the component's.
        service_name: Swarm's: its tasks are found by DNS under `tasks.<service_name>`.
        port: Where its replicas answer.
        ready_path: Asked whether a replica wants requests.
        slots: The most replicas that can be known at once.

    """

    name: str
    service_name: str
    port: int
    ready_path: str
    slots: int

    @classmethod
    def of(cls, name: str, service: LocalBackend) -> "Backend":
        return cls(
            name=name,
            service_name=service.service_name,
            port=service.access.port,
            ready_path=service.ready_path,
            slots=2 * service.maximum_replicas,
        )


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One route: the first whose condition holds decides; without a condition it takes what is left."""

    condition: str
    backend: str


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What `haproxy.cfg.j2` shows.

    Args:
        name: The load balancer's.
        published_port: The port that clients know.
        idle_timeout_seconds: How long a silent connection is kept.
        response_timeout_milliseconds: How long a replica may take to answer.
        client_requests_per_second: Limit for each client address, or None.
        requests_at_once_per_replica: How many requests a replica works on.
        requests_in_flight_per_replica: How many are held for each replica, those that wait among them.
        routes: In the order in which they are tried.
        backends: Each service once.
        port: Where clients arrive.
        linked_port: Where a CDN arrives: what it says of clients is believed.
        internal_port: Statistics, metrics and the load balancer's own health.
        stop_seconds: How long connections may last once it is told to stop.
        retry_after_seconds: When a client that was refused may come again.
        protection: False: no checks, no second tries; for the controls of drills.

    """

    name: str
    published_port: int
    idle_timeout_seconds: int
    response_timeout_milliseconds: int
    client_requests_per_second: int | None
    requests_at_once_per_replica: int
    requests_in_flight_per_replica: int
    routes: Sequence[Rule]
    backends: Sequence[Backend]
    port: int = PORT
    linked_port: int = LINKED_PORT
    internal_port: int = INTERNAL_PORT
    stop_seconds: int = STOP_SECONDS
    retry_after_seconds: int = RETRY_AFTER_SECONDS
    protection: bool = True


def render_haproxy(configuration: Configuration) -> str:
    """The text of `haproxy.cfg`."""
    return render(__file__, "haproxy.cfg.j2", configuration)


def rules(routes: Sequence[Route]) -> list[Rule]:
    """Routes with the longest path first, so that the most precise decides; the `*` does not count."""
    longest_first = sorted(
        routes, key=lambda route: (-len(route.path.rstrip("*")), route.path.endswith("*"), route.path)
    )
    return [Rule(condition=_condition(route.path), backend=route.service.component_name) for route in longest_first]


def path_problem(where: str, path: str) -> str | None:
    """The problem with a path that would not stand as it is in a configuration file."""
    return unless(
        _PATH.fullmatch(path),
        f"{where}: must consist of letters, digits and _ . ~ / @ : + & = % -, got {path!r}; "
        "it is compared with the paths of requests as they arrive, which hold nothing else",
    )


def _condition(path: str) -> str:
    if path == "/*":
        return ""
    return f"path_beg '{path[:-1]}'" if path.endswith("*") else f"path '{path}'"
