"""The two servers of one edge location or of the shield: what their templates show."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from components.access.local import LocalBackend, LocalReachable
from components.templating import render

PORT = 8443
SHIELD_PORT = 8080
INTERNAL_PORT = 8404
METRICS_PORT = 9131
STOP_SECONDS = 8
OPEN_SECONDS = 5
HEALTH_PATH = "/archkit-health"
SHIELD = "shield"
# One request, as JSON. HAProxy's own words.
LOG_LINE = (
    "%{+json}o %(time)[date(0,ms),ms_ltime(%Y-%m-%dT%H:%M:%S.%3N)] %(message)[str(request)] %(client)ci "
    "%(method)HM %(path)[capture.req.uri] %(status)ST %(cache)[capture.res.hdr(0)] %(backend)b %(bytes)B "
    "%(milliseconds)Ta %(ended)tsc"
)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Somebody who answers: found by DNS, checked by HAProxy, reached by Varnish through a socket.

    Args:
        name: The component's name.
        host: What DNS lists its replicas under.
        port: Where they answer.
        ready_path: Asked whether a replica wants requests; empty: only whether it takes connections.
        slots: The most replicas that can be known at once.
        shield: Whether it is the tier between edges and origins.

    """

    name: str
    host: str
    port: int
    ready_path: str = ""
    slots: int = 2
    shield: bool = False

    @property
    def vcl(self) -> str:
        """Its name in VCL, where a dash is a minus."""
        return SHIELD if self.shield else f"origin_{self.name.replace('-', '_')}"


@dataclass(frozen=True, kw_only=True)
class Named:
    """A name and the regular expression that matches it alone."""

    name: str

    @property
    def pattern(self) -> str:
        """As it stands in a VCL string."""
        return re.escape(self.name)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One behaviour, in the order in which they are tried.

    Args:
        number: What HAProxy tells Varnish.
        condition: HAProxy's; empty: whatever is left.
        backend: Who answers, in VCL.
        cached: Whether answers are kept.
        minimum_seconds: At least.
        default_seconds: Where the origin says nothing.
        maximum_seconds: At most.
        query: Parameters of the key, in alphabetical order.
        headers: Headers of the key.
        cookies: Cookies of the key.
        passed: Regular expression of the headers that reach Varnish.
        writes: Whether other methods than reading ones pass.
        compress: Whether text is sent compressed.
        private: Whether caches on the way are told to keep nothing.

    """

    number: int
    condition: str
    backend: str
    cached: bool
    minimum_seconds: int
    default_seconds: int
    maximum_seconds: int
    query: Sequence[Named]
    headers: Sequence[str]
    cookies: Sequence[Named]
    passed: str
    writes: bool
    compress: bool
    private: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """A pair of origins: its behaviours as a regular expression, what is a failure in VCL, and who is asked then."""

    behaviours: str
    failed: str
    secondary: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """An error page: its status, its path, the behaviour that serves it, and how long the error is remembered."""

    status: int
    path: str
    behaviour: int
    kept_seconds: int


@dataclass(frozen=True, kw_only=True)
class Location:
    """What both templates show.

    Args:
        name: The CDN's.
        edge: Whether clients arrive here; the shield otherwise.
        origins: Everybody who is asked from here.
        behaviours: In the order in which they are tried.
        groups: Pairs of origins.
        pages: Error pages.
        headers: Set on every answer.
        rate_limit: Requests of one client in a window, or None.
        rate_seconds: The window.
        access_log: Whether each request is logged.
        response_timeout_milliseconds: How long an origin may take.
        port: Where clients or edges arrive.
        internal_port: Health and metrics.
        stop_seconds: How long connections may last once it is told to stop.
        open_seconds: How long Varnish may answer before clients come in, where an origin is missing at the start.
        health_path: What HAProxy asks Varnish, and an edge the shield.
        log_line: What HAProxy writes of a request.

    """

    name: str
    edge: bool
    origins: Sequence[Origin]
    behaviours: Sequence[Rule]
    groups: Sequence[Group]
    pages: Sequence[Page]
    headers: Sequence[tuple[str, str]]
    rate_limit: int | None
    rate_seconds: int
    access_log: bool
    response_timeout_milliseconds: int
    port: int
    internal_port: int = INTERNAL_PORT
    stop_seconds: int = STOP_SECONDS
    open_seconds: int = OPEN_SECONDS
    health_path: str = HEALTH_PATH
    log_line: str = LOG_LINE


def render_vcl(location: Location) -> str:
    """The text of Varnish's `default.vcl`."""
    return render(__file__, "default.vcl.j2", location)


def render_proxy(location: Location) -> str:
    """The text of HAProxy's `haproxy.cfg`."""
    return render(__file__, "haproxy.cfg.j2", location)


def origin_of(name: str, host: str, component: LocalReachable) -> Origin:
    """A component as an origin; a service is asked whether it wants requests."""
    if isinstance(component, LocalBackend):
        return Origin(
            name=name,
            host=host,
            port=component.access.port,
            ready_path=component.ready_path,
            slots=2 * component.maximum_replicas,
        )
    return Origin(name=name, host=host, port=component.access.port, slots=4)
