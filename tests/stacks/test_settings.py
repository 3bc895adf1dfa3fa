"""The edge between a stack's configuration and typed values."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from components.errors import InvalidArgsError, out_of_range, refuse
from stacks.settings import read, read_namespace, read_profile


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A range.

    Args:
        low: Where it begins, 0 to 9. More is said here.
        high: Where it ends.

    """

    low: int = 1
    high: int = 5

    def __post_init__(self) -> None:
        refuse([out_of_range("inner/low", self.low, 0, 9, "there is no other")])


@dataclass(frozen=True, kw_only=True)
class Outer:
    """What holds ranges.

    Args:
        inner: The range.
        many: More of them.
        name: What it is called.

    """

    inner: Inner = field(default_factory=lambda: Inner(low=3, high=7))
    many: tuple[Inner, ...] = ()
    name: str = "outer"

    def __post_init__(self) -> None:
        refuse([None if self.name else "outer/name: must be given, got ''; it is shown"])


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What has no default.

    Args:
        this: The one thing.

    """

    this: str


def problems(kind: type[Any], value: Any) -> tuple[str, ...]:
    with pytest.raises(InvalidArgsError) as refused:
        read(kind, value, "archkit:x")
    return refused.value.problems


def test_nothing_said_means_all_defaults() -> None:
    assert read(Outer, None, "archkit:x") == Outer()


def test_what_is_said_of_a_part_leaves_the_designs_own_defaults_of_the_rest() -> None:
    assert read(Outer, {"inner": {"high": 9}}, "archkit:x").inner == Inner(low=3, high=9), (
        "3 is the design's; the part's own default, 1, would be a silent change"
    )


def test_a_misspelt_key_is_told_with_the_nearest_one_at_any_depth() -> None:
    assert problems(Outer, {"inner": {"hihg": 1}, "many": [{"lwo": 1}]}) == (
        "archkit:x/inner: must be a known key, got 'hihg'; a misspelt key would be a setting that nobody reads; "
        "did you mean 'high'?",
        "archkit:x/many: must be a known key, got 'lwo'; a misspelt key would be a setting that nobody reads; "
        "did you mean 'low'?",
    )


def test_a_key_that_resembles_none_is_told_with_all_that_are_known() -> None:
    assert problems(Outer, {"zzz": 1}) == (
        "archkit:x: must be a known key, got 'zzz'; a misspelt key would be a setting that nobody reads; "
        "known are inner, many, name",
    )


def test_a_wrong_type_is_told_with_what_the_field_means() -> None:
    assert problems(Outer, {"inner": {"low": "much"}}) == (
        "archkit:x/inner/low: must be a valid integer, unable to parse string as an integer, got 'much'; "
        "where it begins, 0 to 9",
    )


def test_what_has_to_be_given_is_told_with_what_it_means() -> None:
    assert problems(Needs, {}) == ("archkit:x/this: must be given, got nothing; the one thing",)


def test_a_part_that_is_wrong_hides_no_other_problem() -> None:
    assert problems(Outer, {"inner": {"low": 10}, "name": "", "many": 5}) == (
        "inner/low: must be 0 to 9, got 10; there is no other",
        "archkit:x/many: must be a valid tuple, got 5; more of them",
        "outer/name: must be given, got ''; it is shown",
    )


def test_a_text_where_an_object_belongs_is_refused() -> None:
    assert problems(Outer, "x") == ("archkit:x: must be a dictionary or an instance of Outer, got 'x'",)


def test_only_the_kits_own_keys_are_read_and_json_texts_unpacked() -> None:
    config = {"archkit:design": "web", "archkit:web": '{"a": 1}', "archkit:odd": "{not json", "aws:region": "x"}

    assert read_namespace(config) == {"design": "web", "web": {"a": 1}, "odd": "{not json"}


def test_an_unknown_profile_is_refused_and_none_means_dev() -> None:
    assert read_profile(None) == "dev"
    with pytest.raises(InvalidArgsError) as refused:
        read_profile("live")

    assert refused.value.problems == (
        "archkit:profile: must be one of dev, prod, got 'live'; it decides how careful a stack is",
    )
