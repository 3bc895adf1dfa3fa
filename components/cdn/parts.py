"""What a CDN has besides its behaviours: origin groups, error pages, limits, keys and security headers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from components.errors import out_of_range, unless

# CloudFront, "Optimize high availability with CloudFront origin failover": no other status makes it try the second.
FAILOVER_STATUSES = (403, 404, 416, 429, 500, 502, 503, 504)
# CloudFront, CustomErrorResponse: ErrorCode takes no other.
ERROR_STATUSES = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
RATE_WINDOWS_SECONDS = (60, 120, 300, 600)  # AWS WAF, RateBasedStatement: EvaluationWindowSec
MIN_RATE, MAX_RATE = 10, 2_000_000_000  # AWS WAF, RateBasedStatement: Limit
MAX_HSTS_SECONDS = 63_072_000  # two years: what the preload lists ask for
FRAME_OPTIONS = ("DENY", "SAMEORIGIN")
REFERRER_POLICIES = (
    *("no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin"),
    *("strict-origin", "strict-origin-when-cross-origin", "unsafe-url"),
)
_PEM = re.compile(
    r"\s*-----BEGIN PUBLIC KEY-----\s+[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*",
)
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class OriginGroup:
    """Two origins that serve the same: the second is asked where the first fails. It only reads.

    Args:
        name: As behaviours refer to it.
        primary: The origin that is asked first.
        secondary: Asked where the first does not connect, is too slow, or answers with a status below.
        statuses: Answers that mean failure, of 403, 404, 416, 429, 500, 502, 503, 504.

    """

    name: str
    primary: str
    secondary: str
    statuses: tuple[int, ...] = (500, 502, 503, 504)

    def problems(self) -> Iterator[str | None]:
        """What is wrong with it taken alone."""
        where = f"cdn/origin_groups/{self.name}"
        yield unless(
            _NAME.fullmatch(self.name),
            f"{where}: must be lower-case letters, digits and single dashes, got {self.name!r}; it names a part",
        )
        yield unless(
            self.primary != self.secondary,
            f"{where}/secondary: must be another origin than the primary, got {self.secondary!r} for both; "
            "who failed once fails again",
        )
        wrong = [status for status in self.statuses if status not in FAILOVER_STATUSES]
        yield unless(
            self.statuses and not wrong,
            f"{where}/statuses: must be some of {', '.join(map(str, FAILOVER_STATUSES))}, "
            f"got {', '.join(map(str, self.statuses)) or 'none'}; no other makes CloudFront ask the second origin",
        )


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """What a client sees instead of an error.

    Args:
        status: The error, of 400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504.
        path: Path of the page; a behaviour must serve it, and it should be another origin's than the one that fails.
        kept_seconds: How long the error is remembered before the origin is asked again, 0 to 3600.

    """

    status: int
    path: str
    kept_seconds: int = 5

    def problems(self) -> Iterator[str | None]:
        """What is wrong with it taken alone."""
        where = f"cdn/error_pages/{self.status}"
        yield unless(
            self.status in ERROR_STATUSES,
            f"{where}/status: must be one of {', '.join(map(str, ERROR_STATUSES))}, got {self.status}; "
            "CloudFront replaces no other",
        )
        yield unless(
            re.fullmatch(r"/[A-Za-z0-9_.~/-]+", self.path),
            f"{where}/path: must be the path of a page, such as '/static/errors/503.html', got {self.path!r}; "
            "it is fetched from an origin",
        )
        yield out_of_range(
            f"{where}/kept_seconds", self.kept_seconds, 0, 3600, "an error that is kept longer outlives its cause"
        )


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """How many requests one client address may send in a window; beyond it the answer is 429.

    Args:
        limit: Requests in one window, 10 to 2000000000.
        window_seconds: 60, 120, 300 or 600.

    """

    limit: int = 6_000
    window_seconds: int = 60

    def problems(self) -> Iterator[str | None]:
        """What is wrong with it."""
        yield out_of_range("cdn/rate/limit", self.limit, MIN_RATE, MAX_RATE, "AWS WAF counts no other rate")
        yield unless(
            self.window_seconds in RATE_WINDOWS_SECONDS,
            f"cdn/rate/window_seconds: must be one of {', '.join(map(str, RATE_WINDOWS_SECONDS))}, "
            f"got {self.window_seconds}; AWS WAF counts over no other time",
        )


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """The public half of a key with which an application signs URLs; the private half never comes near the kit.

    Args:
        name: What the key is called; keep the old key beside the new one until its last URL has expired.
        public_key_pem: RSA with 2048 bits, or ECDSA on P-256, as `-----BEGIN PUBLIC KEY-----`.

    """

    name: str
    public_key_pem: str

    def problems(self) -> Iterator[str | None]:
        """What is wrong with it taken alone."""
        where = f"cdn/signing_keys/{self.name}"
        yield unless(
            _NAME.fullmatch(self.name),
            f"{where}: must be lower-case letters, digits and single dashes, got {self.name!r}; it names a part",
        )
        # Never the value: what is mistaken for a public key is most likely the private one.
        yield unless(
            _PEM.fullmatch(self.public_key_pem),
            f"{where}/public_key_pem: must be a public key in PEM ('-----BEGIN PUBLIC KEY-----'), "
            f"got {len(self.public_key_pem)} other characters; the private key stays with who signs",
        )


@dataclass(frozen=True, kw_only=True)
class SecurityHeaders:
    """Headers that every answer bears, whatever the origin says.

    Args:
        hsts_seconds: How long browsers insist on HTTPS, 0 (not at all) to 63072000.
        content_security_policy: What a page may load and run.
        frame_options: `DENY` or `SAMEORIGIN`.
        referrer_policy: What other sites are told about where a visitor came from.

    """

    hsts_seconds: int = MAX_HSTS_SECONDS
    content_security_policy: str = "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; object-src 'none'"
    frame_options: str = "DENY"
    referrer_policy: str = "strict-origin-when-cross-origin"

    def problems(self) -> Iterator[str | None]:
        """What is wrong with it."""
        where = "cdn/security_headers"
        yield out_of_range(f"{where}/hsts_seconds", self.hsts_seconds, 0, MAX_HSTS_SECONDS, "two years are enough")
        yield unless(
            self.content_security_policy and self.content_security_policy.isprintable(),
            f"{where}/content_security_policy: must be a policy on one line, got {self.content_security_policy!r}; "
            "it is the value of a header",
        )
        for field, value, known in (
            ("frame_options", self.frame_options, FRAME_OPTIONS),
            ("referrer_policy", self.referrer_policy, REFERRER_POLICIES),
        ):
            yield unless(
                value in known,
                f"{where}/{field}: must be one of {', '.join(known)}, got {value!r}; browsers know no other",
            )
