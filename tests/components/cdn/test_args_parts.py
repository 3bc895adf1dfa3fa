"""What each part of a CDN's arguments may be, and what the kit says otherwise."""

from typing import Any

import pytest

from components.cdn import (
    Behaviour,
    CacheKey,
    CdnArgs,
    Domain,
    ErrorPage,
    OriginGroup,
    SecurityHeaders,
    SigningKey,
    Ttl,
)
from components.errors import InvalidArgsError

DEFAULT = Behaviour(origin="web")
DOMAIN = Domain(name="www.example.org", zone="example.org")
PEM = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"


def problems(**arguments: Any) -> tuple[str, ...]:
    with pytest.raises(InvalidArgsError) as refused:
        CdnArgs(**arguments)
    return refused.value.problems


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"certificate_names": ("a.example",)},
            "cdn/certificate_names: must be given with a domain only, got a.example;",
        ),
        (
            {"domain": DOMAIN, "certificate_names": ("*.example.org", "www.example.com")},
            "cdn/certificate_names: must be 'example.org' or below it, got 'www.example.com'; each name is validated",
        ),
        (
            {"origin_groups": (OriginGroup(name="Both", primary="a", secondary="b"),)},
            "cdn/origin_groups/Both: must be lower-case letters, digits and single dashes, got 'Both';",
        ),
        (
            {"origin_groups": (OriginGroup(name="x", primary="a", secondary="b"),) * 2},
            "cdn/origin_groups: must name each once, got 'x' 2 times; a behaviour asks for one",
        ),
        (
            {"origin_groups": (OriginGroup(name="x", primary="a", secondary="b", statuses=()),)},
            "cdn/origin_groups/x/statuses: must be some of 403, 404, 416, 429, 500, 502, 503, 504, got none;",
        ),
        (
            {"error_pages": (ErrorPage(status=404, path="/404.html"),) * 2},
            "cdn/error_pages: must name each once, got 404 2 times; one error has one page",
        ),
        (
            {"error_pages": (ErrorPage(status=404, path="/404.html", kept_seconds=3601),)},
            "cdn/error_pages/404/kept_seconds: must be 0 to 3600, got 3601;",
        ),
        (
            {"signing_keys": (SigningKey(name="one_key", public_key_pem=PEM),)},
            "cdn/signing_keys/one_key: must be lower-case letters, digits and single dashes, got 'one_key';",
        ),
        (
            {"signing_keys": (SigningKey(name="one", public_key_pem=PEM),) * 2},
            "cdn/signing_keys: must name each once, got 'one' 2 times; each is a part of its own",
        ),
        (
            {"security_headers": SecurityHeaders(hsts_seconds=-1)},
            "cdn/security_headers/hsts_seconds: must be 0 to 63072000, got -1; two years are enough",
        ),
        (
            {"security_headers": SecurityHeaders(content_security_policy="a\nb")},
            "cdn/security_headers/content_security_policy: must be a policy on one line, got 'a\\nb';",
        ),
        (
            {"security_headers": SecurityHeaders(referrer_policy="never")},
            "cdn/security_headers/referrer_policy: must be one of ",
        ),
    ],
)
def test_each_part_is_refused_with_its_reason(more: dict[str, Any], said: str) -> None:
    (told,) = problems(behaviours=(DEFAULT,), **more)

    assert told.startswith(said)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (CacheKey(query=tuple(f"q{number}" for number in range(11))), "query: must be at most 10 names, got 11;"),
        (CacheKey(query=("a", "a")), "query: must be names, each once, without spaces and , ; = & ? *, got 'a, a';"),
        (CacheKey(cookies=("a=b",)), "cookies: must be names, each once, without spaces and , ; = & ? *, got 'a=b';"),
    ],
)
def test_the_key_is_made_of_a_few_plain_names(key: CacheKey, said: str) -> None:
    (told,) = problems(behaviours=(Behaviour(origin="web", ttl=Ttl(), cache_key=key),))

    assert told.startswith(f"cdn/behaviours//*/cache_key/{said}")
