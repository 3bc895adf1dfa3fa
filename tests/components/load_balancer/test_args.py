"""What a caller may ask of a load balancer, and what the kit says otherwise."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from components.errors import InvalidArgsError
from components.load_balancer import Domain, LoadBalancerArgs, Route
from components.load_balancer.contract import route_problems
from components.service import Service

SERVICE = cast("Service", object())


def problems(make: Callable[[], Any]) -> tuple[str, ...]:
    with pytest.raises(InvalidArgsError) as refused:
        make()
    return refused.value.problems


def test_a_domain_lies_in_its_zone() -> None:
    assert Domain(name="example.org", zone="example.org")
    assert problems(lambda: Domain(name="badexample.org", zone="example.org")) == (
        "domain/name: must be 'example.org' or below it, got 'badexample.org'; "
        "the certificate is validated by a record in that zone",
    )


def test_a_domain_without_a_zone_is_refused_with_the_reason() -> None:
    assert problems(lambda: Domain(name="www.example.org", zone="")) == (
        "domain/zone: must be a DNS zone, got ''; 'www.example.org' needs one, "
        "since its certificate is validated by a record there",
    )


def test_the_idle_timeout_has_the_clouds_limits() -> None:
    assert problems(lambda: LoadBalancerArgs(idle_timeout_seconds=4001)) == (
        "load_balancer/idle_timeout_seconds: must be 1 to 4000, got 4001; "
        "Elastic Load Balancing, attribute idle_timeout.timeout_seconds",
    )


@pytest.mark.parametrize("path", ["api", "/a*b", "/*/x"])
def test_a_route_is_a_path_with_a_star_at_its_end_at_most(path: str) -> None:
    (told,) = problems(lambda: Route(path=path, service=SERVICE))

    assert told.startswith(
        f"load_balancer/routes/{path}: must begin with a slash and have `*` at its end at most, got {path!r}; "
    )


def test_routes_answer_every_path_and_each_path_once() -> None:
    routes = [Route(path="/api/*", service=SERVICE), Route(path="/api/*", service=SERVICE)]

    assert [one for one in route_problems("edge", routes) if one] == [
        "load_balancer/edge/routes: must have a route for '/*', got ['/api/*', '/api/*']; others get 404",
        "load_balancer/edge/routes: must name each path once, got '/api/*' 2 times; one request has one answer",
    ]
