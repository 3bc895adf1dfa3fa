"""How a CDN's behaviours, groups, pages and headers become what the templates show."""

import re
from collections.abc import Mapping

from components.cdn.behaviour import Behaviour, Methods
from components.cdn.contract import CdnArgs
from components.cdn.local.location import Group, Named, Origin, Page, Rule

# What a cache needs besides its key: validators, ranges, encodings; the rest of a request cannot change the answer.
_PASSED = ("accept-encoding", "content-length", "host", "if-modified-since", "if-none-match", "if-range", "range")
_OWN = ("cookie", "transfer-encoding", "x-archkit-.*", "x-forwarded-proto")


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
    """Security headers, quoted for HAProxy, in whose strings `%` begins a variable.

    Not HSTS: browsers keep it for a name, whatever the port, and every other server of this machine would be shut out.
    """
    wanted = args.security_headers
    given = {
        "Content-Security-Policy": wanted.content_security_policy,
        "X-Frame-Options": wanted.frame_options,
        "Referrer-Policy": wanted.referrer_policy,
        "X-Content-Type-Options": "nosniff",
    }
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
