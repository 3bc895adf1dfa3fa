"""What happens to a request: by its path, to which origin, kept how long, under which key."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from components.errors import out_of_range, unless

DEFAULT_PATH = "/*"
MAX_TTL_SECONDS = 31_536_000  # a year; CloudFront, "Cache policies": the default of the longest
MAX_KEY_PARTS = 10  # CloudFront, quotas: headers, query strings and cookies of one cache policy, each
MAX_PATH = 255  # CloudFront, CacheBehavior: PathPattern
_PATH = re.compile(r"/[A-Za-z0-9_.~/@:+&=%-]*\*?")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, token
# `PHPSESSID`, `laravel_session`; as a word of its own `connect.sid`, `auth_token`. Rather too many than too few: who
# means one names it in `session_cookies`.
_SESSION = re.compile(r"sess|(^|[._-])(sid|auth|authorization|token|jwt|csrftoken|csrf|xsrf)($|[._-])", re.I)
# What must not split the cache: it differs from request to request, or caches handle it themselves. After CloudFront,
# "Control the cache key", headers that a key may not hold, and who asks (`Authorization`, `X-Forwarded-*`).
UNKEYABLE = frozenset(
    {
        *("accept-encoding", "connection", "content-length", "content-type", "cookie", "date", "expect", "host"),
        *("if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "pragma"),
        *("proxy-authenticate", "proxy-authorization", "proxy-connection", "range", "referer", "request-range", "te"),
        *("trailer", "transfer-encoding", "upgrade", "user-agent", "via", "warning", "x-forwarded-proto"),
        *("x-real-ip", "authorization", "x-forwarded-for", "x-forwarded-host"),
    }
)


class Methods(StrEnum):
    """Which methods pass: `read` is GET, HEAD and OPTIONS; `all` adds POST, PUT, PATCH and DELETE."""

    READ = "read"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Ttl:
    """How long an answer is kept; in between, the origin's `Cache-Control` decides.

    Its `stale-while-revalidate` and `stale-if-error` hold as the origin says them.

    Args:
        minimum_seconds: At least, whatever the origin says.
        default_seconds: Where the origin says nothing.
        maximum_seconds: At most, 0 to 31536000.

    """

    minimum_seconds: int = 0
    default_seconds: int = 60
    maximum_seconds: int = 86_400


@dataclass(frozen=True, kw_only=True)
class CacheKey:
    """What tells two answers of one path apart; the origin sees nothing else of them, so nothing unkeyed can poison.

    Args:
        query: Names of query parameters.
        headers: Names of request headers.
        cookies: Names of cookies; one that looks like a session's is refused here.
        session_cookies: Names of cookies that do look like a session's and are meant: an entry for each client.

    """

    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()
    session_cookies: tuple[str, ...] = ()

    @property
    def all_cookies(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.cookies, *self.session_cookies)))


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What happens to requests for some paths. The longest path that fits wins.

    Args:
        path: A path with `*` at its end at most: `/*`, which is the default, `/static/*`, `/healthz`.
        origin: Who answers: the name of an origin or of an origin group.
        ttl: How long answers are kept; None: not at all, and everything of the request reaches the origin.
        cache_key: What tells two answers apart.
        methods: Which methods pass; what is cached is GET and HEAD only.
        compress: Text is sent compressed (gzip; Brotli where the target has it) to who takes it.
        private: Answers belong to one client: no cache on the way keeps them.
        signed: Only with a URL that was signed with one of the keys.

    """

    path: str = DEFAULT_PATH
    origin: str
    ttl: Ttl | None = None
    cache_key: CacheKey = field(default_factory=CacheKey)
    methods: Methods = Methods.READ
    compress: bool = True
    private: bool = False
    signed: bool = False

    @property
    def cached(self) -> bool:
        """Whether any answer is kept."""
        return self.ttl is not None and self.ttl.maximum_seconds > 0

    def problems(self) -> Iterator[str | None]:
        """What is wrong with it taken alone."""
        where = f"cdn/behaviours/{self.path}"
        yield unless(
            _PATH.fullmatch(self.path) and len(self.path) <= MAX_PATH,
            f"{where}: must begin with a slash, have `*` at its end at most, and be at most {MAX_PATH} letters, digits "
            f"and _ . ~ / @ : + & = % -, got {self.path!r}; more patterns than that differ from target to target",
        )
        yield unless(
            self.origin, f"{where}/origin: must name an origin or an origin group, got ''; somebody has to answer"
        )
        if self.ttl is not None:
            yield from self._ttl_problems(f"{where}/ttl", self.ttl)
        yield unless(
            self.methods is Methods.READ or not self.cached,
            f"{where}/methods: must be 'read' where answers are kept, got {self.methods.value!r}; what is kept shows "
            "the origin its key only, and a write needs all of the request",
        )
        yield from self._key_problems(f"{where}/cache_key", self.cache_key)

    def _ttl_problems(self, where: str, ttl: Ttl) -> Iterator[str | None]:
        times = (ttl.minimum_seconds, ttl.default_seconds, ttl.maximum_seconds)
        yield out_of_range(f"{where}/minimum_seconds", times[0], 0, MAX_TTL_SECONDS, "a year is the longest")
        yield out_of_range(f"{where}/maximum_seconds", times[2], 0, MAX_TTL_SECONDS, "a year is the longest")
        yield unless(
            times[0] <= times[1] <= times[2],
            f"{where}: must have minimum_seconds <= default_seconds <= maximum_seconds, "
            f"got {times[0]}, {times[1]}, {times[2]}; the default lies between what the origin may ask for",
        )
        yield unless(
            not (self.private and times[2] > 0),
            f"{where}: must not be given for a private path, got maximum_seconds {times[2]}; "
            "one client's answer would be sent to another",
        )

    def _key_problems(self, where: str, key: CacheKey) -> Iterator[str | None]:
        for cookie in key.cookies:
            yield unless(
                not _SESSION.search(cookie),
                f"{where}/cookies: must hold no session cookie, got {cookie!r}; each client would get an entry of its "
                "own and the cache would hold answers of one person; if that is meant, name it in session_cookies",
            )
        for header in key.headers:
            yield unless(
                header.lower() not in UNKEYABLE and _HEADER.fullmatch(header),
                f"{where}/headers: must hold no header that differs from client to client or that caches handle "
                f"themselves, got {header!r}; nothing would be found twice",
            )
        for kind, names in (("query", key.query), ("headers", key.headers), ("cookies", key.all_cookies)):
            yield unless(
                len(names) <= MAX_KEY_PARTS,
                f"{where}/{kind}: must be at most {MAX_KEY_PARTS} names, got {len(names)}; "
                "a cache policy of CloudFront takes no more",
            )
            yield unless(
                len({*names}) == len(names) and all(name and not re.search(r"[\s,;=&?*]", name) for name in names),
                f"{where}/{kind}: must be names, each once, without spaces and , ; = & ? *, got {', '.join(names)!r}; "
                "the key is made of them",
            )
        given = (*key.query, *key.headers, *key.all_cookies)
        yield unless(
            self.cached or not given,
            f"{where}: must be empty where nothing is cached, got {', '.join(given)}; "
            "without a ttl everything of the request reaches the origin as it is",
        )
