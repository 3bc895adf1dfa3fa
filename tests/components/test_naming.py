"""Names: who may be called what, and how long."""

import pytest

from components.naming import Kind, auto_named, component_name, fixed


@pytest.mark.parametrize("name", ["a", "web", "web-2", "a1-b2-c3"])
def test_a_dns_label_is_a_name(name: str) -> None:
    assert component_name("service/x", name) is None


@pytest.mark.parametrize("name", ["", "-a", "a-", "a--b", "A", "a_b", "1a", "a.b", "é"])
def test_anything_else_is_none(name: str) -> None:
    assert component_name("service/x", name) == (
        "service/x: must be lower-case letters, digits and single dashes, and begin with a letter, "
        f"got {name!r}; it becomes a DNS name on every target"
    )


def test_a_name_that_gets_a_suffix_leaves_room_for_it() -> None:
    assert auto_named("service/x", "t" * 24, Kind.TARGET_GROUP) is None
    assert auto_named("service/x", "t" * 25, Kind.TARGET_GROUP) == (
        f"service/x: the name '{'t' * 25}' and its suffix must be at most 32 characters, got 33; the limit is the "
        "cloud's (Elastic Load Balancing, CreateTargetGroup: Name); shorten the component's name"
    )


def test_a_name_that_is_used_as_it_is_may_be_as_long_as_the_limit() -> None:
    assert fixed("network/x", "n" * 63, Kind.DOCKER_SERVICE) is None
    assert fixed("network/x", "n" * 64, Kind.DOCKER_SERVICE) == (
        f"network/x: the name '{'n' * 64}' must be at most 63 characters, got 64; "
        "the limit is RFC 1035, label; shorten the stack's or the component's name"
    )
