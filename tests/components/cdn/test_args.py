"""What a caller may ask of a CDN, and what the kit says otherwise."""

from collections.abc import Callable
from typing import Any

import pytest

from components.cdn import (
    Behaviour,
    CacheKey,
    CdnArgs,
    Domain,
    ErrorPage,
    Methods,
    OriginGroup,
    RateLimit,
    SecurityHeaders,
    SigningKey,
    Ttl,
)
from components.cdn.contract import cdn_problems
from components.errors import InvalidArgsError

DEFAULT = Behaviour(origin="web")
DOMAIN = Domain(name="www.example.org", zone="example.org")


def problems(make: Callable[[], Any]) -> tuple[str, ...]:
    with pytest.raises(InvalidArgsError) as refused:
        make()
    return refused.value.problems


def of(behaviour: Behaviour, **more: Any) -> tuple[str, ...]:
    others = () if behaviour.path == "/*" else (DEFAULT,)
    return problems(lambda: CdnArgs(behaviours=(*others, behaviour), **more))


def test_a_behaviour_without_an_origin_is_refused() -> None:
    assert of(Behaviour(origin="")) == (
        "cdn/behaviours//*/origin: must name an origin or an origin group, got ''; somebody has to answer",
    )


def test_two_behaviours_for_one_path_are_refused() -> None:
    assert problems(lambda: CdnArgs(behaviours=(DEFAULT, DEFAULT))) == (
        "cdn/behaviours: must name each once, got '/*' 2 times; one request has one answer",
    )


def test_what_fits_no_path_needs_an_answer() -> None:
    assert problems(lambda: CdnArgs(behaviours=(Behaviour(path="/a/*", origin="web"),))) == (
        "cdn/behaviours: must have one for '/*', got ['/a/*']; requests that fit no other need an answer",
    )


def test_times_in_the_wrong_order_are_refused() -> None:
    assert of(Behaviour(origin="web", ttl=Ttl(minimum_seconds=9, default_seconds=5, maximum_seconds=60))) == (
        "cdn/behaviours//*/ttl: must have minimum_seconds <= default_seconds <= maximum_seconds, got 9, 5, 60; "
        "the default lies between what the origin may ask for",
    )


@pytest.mark.parametrize("cookie", ["JSESSIONID", "PHPSESSID", "connect.sid", "laravel_session", "auth_token"])
def test_a_session_cookie_in_the_key_is_refused_unless_asked_for_by_name(cookie: str) -> None:
    (told,) = of(Behaviour(origin="web", ttl=Ttl(), cache_key=CacheKey(cookies=(cookie,))))
    assert told.startswith(f"cdn/behaviours//*/cache_key/cookies: must hold no session cookie, got {cookie!r}; ")
    assert told.endswith("name it in session_cookies")

    meant = Behaviour(origin="web", ttl=Ttl(), cache_key=CacheKey(cookies=("lang",), session_cookies=(cookie,)))
    assert CdnArgs(behaviours=(meant,)).behaviours[0].cache_key.all_cookies == ("lang", cookie)


@pytest.mark.parametrize("cookie", ["lang", "theme", "side", "author", "country"])
def test_other_cookies_may_split_the_cache(cookie: str) -> None:
    assert CdnArgs(behaviours=(Behaviour(origin="web", ttl=Ttl(), cache_key=CacheKey(cookies=(cookie,))),))


@pytest.mark.parametrize("header", ["Authorization", "X-Forwarded-Host", "User-Agent", "Cookie"])
def test_a_header_that_differs_from_client_to_client_is_refused(header: str) -> None:
    (told,) = of(Behaviour(origin="web", ttl=Ttl(), cache_key=CacheKey(headers=(header,))))

    assert told.startswith("cdn/behaviours//*/cache_key/headers: must hold no header that differs")


def test_a_key_without_anything_to_keep_is_refused() -> None:
    (told,) = of(Behaviour(origin="web", cache_key=CacheKey(query=("page",))))

    assert told.startswith("cdn/behaviours//*/cache_key: must be empty where nothing is cached, got page; ")


def test_a_private_path_is_kept_by_nobody() -> None:
    assert of(Behaviour(path="/account/*", origin="web", ttl=Ttl(), private=True)) == (
        "cdn/behaviours//account/*/ttl: must not be given for a private path, got maximum_seconds 86400; "
        "one client's answer would be sent to another",
    )


@pytest.mark.parametrize("window", [60, 120, 300, 600])
def test_the_firewalls_windows_are_taken(window: int) -> None:
    assert CdnArgs(behaviours=(DEFAULT,), rate=RateLimit(window_seconds=window))


def test_other_windows_are_refused() -> None:
    assert of(DEFAULT, rate=RateLimit(limit=9, window_seconds=61)) == (
        "cdn/rate/limit: must be 10 to 2000000000, got 9; AWS WAF counts no other rate",
        "cdn/rate/window_seconds: must be one of 60, 120, 300, 600, got 61; AWS WAF counts over no other time",
    )


def test_a_group_of_origins_only_reads() -> None:
    group = OriginGroup(name="both", primary="web", secondary="spare")

    assert of(Behaviour(origin="both", methods=Methods.ALL), origin_groups=(group,)) == (
        "cdn/behaviours//*/methods: must be 'read' for the origin group 'both', got 'all'; "
        "a write that failed may have had its effect, so no second origin gets it",
    )


def test_writes_pass_only_where_nothing_is_kept() -> None:
    assert CdnArgs(behaviours=(Behaviour(origin="web", methods=Methods.ALL),))
    (told,) = of(Behaviour(origin="web", ttl=Ttl(), methods=Methods.ALL))
    assert told.startswith("cdn/behaviours//*/methods: must be 'read' where answers are kept, got 'all'; ")


def test_a_group_has_two_members_and_statuses_that_mean_failure() -> None:
    (same, status) = of(
        DEFAULT, origin_groups=(OriginGroup(name="both", primary="web", secondary="web", statuses=(418,)),)
    )

    assert same.startswith("cdn/origin_groups/both/secondary: must be another origin than the primary")
    assert status.startswith("cdn/origin_groups/both/statuses: must be some of 403, 404, 416, 429, 500, 502, 503, 504")


@pytest.mark.parametrize("names", [("www.example.com",), ("*.example.org.evil",), ("*.www.example.org",)])
def test_a_certificate_for_another_domain_is_refused(names: tuple[str, ...]) -> None:
    told = of(DEFAULT, domain=DOMAIN, certificate_names=names)

    assert told[0] == (
        f"cdn/certificate_names: must cover the domain 'www.example.org', got {', '.join(names)}; "
        "browsers refuse a certificate for another domain"
    )


def test_a_wildcard_stands_for_one_label() -> None:
    assert CdnArgs(behaviours=(DEFAULT,), domain=DOMAIN, certificate_names=("*.example.org", "example.org"))


def test_a_signed_path_needs_a_key_and_a_private_key_is_never_repeated() -> None:
    secret = "-----BEGIN PRIVATE KEY-----\nMIIhidden\n-----END PRIVATE KEY-----"

    (none,) = of(Behaviour(path="/paid/*", origin="web", signed=True))
    (wrong,) = of(DEFAULT, signing_keys=(SigningKey(name="one", public_key_pem=secret),))

    assert none.startswith("cdn/behaviours//paid/*/signed: must have a key in signing_keys")
    assert wrong.startswith("cdn/signing_keys/one/public_key_pem: must be a public key in PEM")
    assert "hidden" not in wrong, "what is mistaken for a public key must not reach a log"


def test_everything_is_told_at_once() -> None:
    told = problems(
        lambda: CdnArgs(
            behaviours=(Behaviour(path="a*b", origin="", ttl=Ttl(minimum_seconds=5, default_seconds=1)),),
            error_pages=(ErrorPage(status=418, path="503.html"),),
            security_headers=SecurityHeaders(frame_options="MAYBE"),
            rate=RateLimit(window_seconds=1),
        )
    )

    assert [one.partition(": ")[0] for one in told] == [
        "cdn/behaviours/a*b",
        "cdn/behaviours/a*b/origin",
        "cdn/behaviours/a*b/ttl",
        "cdn/error_pages/418/status",
        "cdn/error_pages/418/path",
        "cdn/security_headers/frame_options",
        "cdn/rate/window_seconds",
        "cdn/behaviours",
    ]


def test_the_longest_path_is_tried_first_and_the_default_last() -> None:
    paths = ("/*", "/a/*", "/a/b", "/a/b*", "/account/*")
    args = CdnArgs(behaviours=tuple(Behaviour(path=path, origin="web") for path in paths))

    assert [one.path for one in args.longest_first()] == ["/account/*", "/a/b", "/a/b*", "/a/*", "/*"]


def test_a_distribution_has_no_more_than_75_behaviours() -> None:
    many = tuple(Behaviour(path=f"/{number}/*", origin="web") for number in range(75))

    assert problems(lambda: CdnArgs(behaviours=(DEFAULT, *many))) == (
        "cdn/behaviours: must be at most 75, got 76; a distribution has no more",
    )


def test_behaviours_groups_and_origins_must_fit_together() -> None:
    args = CdnArgs(
        behaviours=(DEFAULT, Behaviour(path="/a/*", origin="wbe"), Behaviour(path="/b/*", origin="both")),
        origin_groups=(OriginGroup(name="both", primary="web", secondary="gone"),),
    )
    origins: dict[str, Any] = {"web": object(), "both": object(), "idle": object()}

    assert [one for one in cdn_problems("cdn", args, origins) if one] == [
        "cdn/cdn/behaviours//a/*/origin: must be an origin or an origin group, got 'wbe'; there are both, idle, web",
        "cdn/cdn/origin_groups/both: must consist of origins, got 'gone'; there are both, idle, web",
        "cdn/cdn/origins/both: must not be called as an origin group is; a behaviour could mean both",
        "cdn/cdn/origins/idle: must be used by a behaviour or an origin group; no request would reach it",
    ]
    many: dict[str, Any] = {f"o{number}": object() for number in range(26)}
    assert "cdn/cdn/origins: must be at most 25, got 26; a distribution has no more" in cdn_problems("cdn", args, many)
