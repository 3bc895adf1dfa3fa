"""When two generators measure the same."""

import pytest

from archkit.bench.generator import near


@pytest.mark.parametrize(
    ("value", "reference", "same"),
    [(0.3, 0.15, True), (0.4, 0.15, False), (0.1, 0.35, False), (10.9, 10.0, True), (11.1, 10.0, False)],
)
def test_near_is_a_tenth_or_a_fifth_of_a_millisecond(value: float, reference: float, same: bool) -> None:
    assert near(value, reference) is same
