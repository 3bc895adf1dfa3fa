"""The two servers of one edge location or of the shield: what their templates show, and how a CDN becomes that."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.access.local import LocalBackend, LocalReachable
from components.cdn.behaviour import Behaviour, Methods
from components.cdn.contract import CdnArgs
from components.templating import render

PORT = 8443
SHIELD_PORT = 8080
INTERNAL_PORT = 8404
METRICS_PORT = 9131
STOP_SECONDS = 8
SHIELD = "shield"
# What a cache needs besides its key: validators, ranges, encodings; the rest of a request cannot change the answer.
_PASSED = ("accept-encoding", "content-length", "host", "if-modified-since", "if-none-match", "if-range", "range")
_OWN = ("cookie", "transfer-encoding", "x-archkit-.*", "x-forwarded-proto")


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


def rules(args: CdnArgs) -> list[Rule]:
    """Behaviours with the longest path first."""
    primary = {group.name: group.primary for group in args.origin_groups}
    return [_rule(number, one, primary.get(one.origin, one.origin)) for number, one in enumerate(args.longest_first())]


def groups(args: CdnArgs, origins: Mapping[str, Origin]) -> list[Group]:
    """The origin groups that a behaviour uses."""
    ordered = args.longest_first()
    return [
        Group(
            behaviours="|".join(str(number) for number, one in enumerate(ordered) if one.origin == group.name),
            failed=" || ".join(f"beresp.status == {status}" for status in group.statuses),
            secondary=origins[group.secondary].vcl,
        )
        for group in args.origin_groups
        if any(one.origin == group.name for one in ordered)
    ]


def pages(args: CdnArgs) -> list[Page]:
    """Error pages, each with the behaviour that serves it."""
    ordered = args.longest_first()
    return [
        Page(
            status=page.status,
            path=page.path,
            behaviour=next(number for number, one in enumerate(ordered) if _fits(one.path, page.path)),
            kept_seconds=page.kept_seconds,
        )
        for page in args.error_pages
    ]


def headers(args: CdnArgs) -> list[tuple[str, str]]:
    """Security headers, quoted for HAProxy, in whose strings `%` begins a variable."""
    wanted = args.security_headers
    given = {
        "Content-Security-Policy": wanted.content_security_policy,
        "X-Frame-Options": wanted.frame_options,
        "Referrer-Policy": wanted.referrer_policy,
        "X-Content-Type-Options": "nosniff",
    }
    if wanted.hsts_seconds:
        given["Strict-Transport-Security"] = f"max-age={wanted.hsts_seconds}; includeSubDomains"
    return [(name, re.sub(r'([\\"$])', r"\\\1", value).replace("%", "%%")) for name, value in given.items()]


def _rule(number: int, one: Behaviour, origin: str) -> Rule:
    ttl, key = one.ttl, one.cache_key
    keyed = [re.escape(header.lower()) for header in key.headers]
    return Rule(
        number=number,
        condition=_condition(one.path),
        backend=f"origin_{origin.replace('-', '_')}",
        cached=one.cached,
        minimum_seconds=ttl.minimum_seconds if ttl else 0,
        default_seconds=ttl.default_seconds if ttl else 0,
        maximum_seconds=ttl.maximum_seconds if ttl else 0,
        query=[Named(name=name) for name in sorted(key.query)],
        headers=sorted(key.headers),
        cookies=[Named(name=name) for name in sorted(key.all_cookies)],
        passed="|".join((*_PASSED, *_OWN, *keyed)),
        writes=one.methods is Methods.ALL,
        compress=one.compress,
        private=one.private,
    )


def _condition(path: str) -> str:
    if path == "/*":
        return ""
    return f"path_beg '{path[:-1]}'" if path.endswith("*") else f"path '{path}'"


def _fits(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern
