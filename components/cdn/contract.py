"""What every CDN promises, whichever target runs it."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.cdn.behaviour import DEFAULT_PATH, Behaviour, Methods
from components.cdn.parts import ErrorPage, OriginGroup, RateLimit, SecurityHeaders, SigningKey
from components.connect import Connectable
from components.domain import Domain
from components.errors import refuse, unless
from components.storage.contract import Storage

TAG_HEADER = "Cache-Tag"  # the origin's answer names its tags here, with commas between: `archkit purge` removes by tag
MAX_ORIGINS = 25  # CloudFront, quotas: origins of one distribution
MAX_BEHAVIOURS = 75  # CloudFront, quotas: cache behaviours of one distribution


@dataclass(frozen=True, kw_only=True)
class CdnArgs:
    """Answers at the edge: keeps what may be kept, passes the rest on, and lives on while origins are gone.

    Args:
        behaviours: What happens to requests, by path; one is for `/*`.
        origin_groups: Pairs of origins of which the second stands in for the first.
        error_pages: What clients see instead of errors.
        security_headers: What every answer bears.
        rate: Limit for each client address; None: no limit.
        signing_keys: Keys whose signature opens the behaviours that are `signed`.
        domain: The design's own name; without one, the target's own address.
        certificate_names: Names of the certificate, one of which covers the domain; by default the domain's own.
        access_log: Whether requests are logged.

    Raises:
        InvalidArgsError: Everything that is wrong, one line each.

    """

    behaviours: tuple[Behaviour, ...]
    origin_groups: tuple[OriginGroup, ...] = ()
    error_pages: tuple[ErrorPage, ...] = ()
    security_headers: SecurityHeaders = field(default_factory=SecurityHeaders)
    rate: RateLimit | None = field(default_factory=RateLimit)
    signing_keys: tuple[SigningKey, ...] = ()
    domain: Domain | None = None
    certificate_names: tuple[str, ...] = ()
    access_log: bool = True

    def __post_init__(self) -> None:
        parts = (*self.behaviours, *self.origin_groups, *self.error_pages, *self.signing_keys, self.security_headers)
        refuse(
            [
                *(problem for part in parts for problem in part.problems()),
                *(self.rate.problems() if self.rate else ()),
                *self._behaviour_problems(),
                *_twice("origin_groups", [one.name for one in self.origin_groups], "a behaviour asks for one"),
                *_twice("error_pages", [one.status for one in self.error_pages], "one error has one page"),
                *_twice("signing_keys", [one.name for one in self.signing_keys], "each is a part of its own"),
                *self._certificate_problems(),
            ]
        )

    @property
    def names_on_certificate(self) -> tuple[str, ...]:
        """What a certificate must say: given names, or the domain's."""
        return self.certificate_names or ((self.domain.name,) if self.domain else ())

    def longest_first(self) -> list[Behaviour]:
        """Behaviours as they are tried: the longest path first, `/*` last; the `*` does not count."""
        return sorted(self.behaviours, key=lambda one: (-len(one.path.rstrip("*")), one.path.endswith("*"), one.path))

    def _behaviour_problems(self) -> Iterator[str | None]:
        paths = [one.path for one in self.behaviours]
        yield unless(
            DEFAULT_PATH in paths,
            f"cdn/behaviours: must have one for '/*', got {paths}; requests that fit no other need an answer",
        )
        yield unless(
            len(paths) <= MAX_BEHAVIOURS,
            f"cdn/behaviours: must be at most {MAX_BEHAVIOURS}, got {len(paths)}; a distribution has no more",
        )
        yield from _twice("behaviours", paths, "one request has one answer")
        groups = {group.name for group in self.origin_groups}
        for one in self.behaviours:
            yield unless(
                one.methods is Methods.READ or one.origin not in groups,
                f"cdn/behaviours/{one.path}/methods: must be 'read' for the origin group {one.origin!r}, got "
                f"{one.methods.value!r}; a write that failed may have had its effect, so no second origin gets it",
            )
            yield unless(
                not one.signed or self.signing_keys,
                f"cdn/behaviours/{one.path}/signed: must have a key in signing_keys, got none; nobody could open it",
            )

    def _certificate_problems(self) -> Iterator[str | None]:
        domain, names = self.domain, self.certificate_names
        if domain is None:
            yield unless(
                not names,
                f"cdn/certificate_names: must be given with a domain only, got {', '.join(names)}; "
                "without one the certificate is the target's",
            )
            return
        yield unless(
            not names or any(_covers(name, domain.name) for name in names),
            f"cdn/certificate_names: must cover the domain {domain.name!r}, got {', '.join(names)}; "
            "browsers refuse a certificate for another domain",
        )
        for name in names:
            bare = name.removeprefix("*.")
            yield unless(
                bare == domain.zone or bare.endswith(f".{domain.zone}"),
                f"cdn/certificate_names: must be {domain.zone!r} or below it, got {name!r}; "
                "each name is validated by a record in that zone",
            )


def cdn_problems(name: str, args: CdnArgs, origins: Mapping[str, Connectable]) -> list[str | None]:
    """What is wrong with the arguments of one CDN and its origins taken together."""
    where, groups = f"cdn/{name}", {group.name for group in args.origin_groups}
    known = ", ".join(sorted({*origins, *groups})) or "none"
    wanted = {member for group in args.origin_groups for member in (group.primary, group.secondary)}
    return [
        *(
            unless(
                one.origin in origins or one.origin in groups,
                f"{where}/behaviours/{one.path}/origin: must be an origin or an origin group, got {one.origin!r}; "
                f"there are {known}",
            )
            for one in args.behaviours
        ),
        *(
            unless(
                member in origins,
                f"{where}/origin_groups/{group.name}: must consist of origins, got {member!r}; "
                f"there are {', '.join(sorted(origins)) or 'none'}",
            )
            for group in args.origin_groups
            for member in (group.primary, group.secondary)
        ),
        *(
            unless(
                one not in groups,
                f"{where}/origins/{one}: must not be called as an origin group is; a behaviour could mean both",
            )
            for one in origins
        ),
        *(
            unless(
                one in wanted or any(behaviour.origin == one for behaviour in args.behaviours),
                f"{where}/origins/{one}: must be used by a behaviour or an origin group; no request would reach it",
            )
            for one in origins
        ),
        unless(
            len(origins) <= MAX_ORIGINS,
            f"{where}/origins: must be at most {MAX_ORIGINS}, got {len(origins)}; a distribution has no more",
        ),
        *_outside_of_storage(where, args.behaviours, origins),
    ]


class Cdn(Connectable):
    """Answers at the edge; `CdnArgs` says what it promises."""

    @property
    @abstractmethod
    def url(self) -> pulumi.Output[str]:
        """What a person opens in a browser."""

    @property
    @abstractmethod
    def urls(self) -> Sequence[pulumi.Output[str]]:
        """Every address that clients may know, `url` first: one answers where another does not."""

    @property
    @abstractmethod
    def signing_key_ids(self) -> Mapping[str, pulumi.Output[str]]:
        """By the name of each signing key, the id that a signed URL must name."""


def _outside_of_storage(
    where: str, behaviours: Sequence[Behaviour], origins: Mapping[str, Connectable]
) -> Iterator[str | None]:
    for one in behaviours:
        origin = origins.get(one.origin)
        if isinstance(origin, Storage):
            yield unless(
                one.path.startswith(origin.prefix) and one.methods is Methods.READ,
                f"{where}/behaviours/{one.path}: must begin with {origin.prefix!r} and only read, got "
                f"{one.methods.value!r}; the storage {one.origin!r} serves nothing else",
            )


def _twice(field_name: str, values: Iterable[object], reason: str) -> Iterator[str]:
    found = list(values)
    for value in dict.fromkeys(found):
        if found.count(value) > 1:
            yield f"cdn/{field_name}: must name each once, got {value!r} {found.count(value)} times; {reason}"


def _covers(pattern: str, name: str) -> bool:
    """Whether a certificate's name is good for a host; `*` stands for one label (RFC 9525, section 6.3)."""
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:]
    return pattern == name
