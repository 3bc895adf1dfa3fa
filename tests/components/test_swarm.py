"""What all realisations on a swarm share."""

import pytest

from components.swarm import duration


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "0s"), (500, "500ms"), (1000, "1s"), (1500, "1.5s"), (60_000, "1m"), (90_000, "1m30s"), (3_600_000, "1h")],
)
def test_a_duration_is_spelt_as_it_is_read_back(milliseconds: int, text: str) -> None:
    assert duration(milliseconds) == text, "another spelling would be a change at every preview"
