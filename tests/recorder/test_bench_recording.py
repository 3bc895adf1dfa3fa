"""The measurement of recording measures what it says.

Whether the limits are reached is judged by `archkit bench` on a quiet machine; here the clock is other work's too.
"""

from time import process_time

import pytest

from archkit.bench import recording
from archkit.bench.recording import LIMIT_MILLISECONDS, measure


def test_rows_tell_the_time_of_each_resource_and_how_it_grows():
    began = process_time()
    small, large, growth = measure((50, 250), repeats=1)
    taken = process_time() - began

    assert (small.what, large.what) == (
        "recording 50 resources under mocks, ms each",
        "recording 250 resources under mocks, ms each",
    )
    assert float(large.measured) > 0
    assert growth.what == "recording 250 against 50 resources, times linear"
    assert float(growth.measured) == pytest.approx(float(large.measured) / float(small.measured), rel=0.1)
    assert taken < 5 * 300 * LIMIT_MILLISECONDS / 1000, "of this process's own time, five times the limit is a fault"


@pytest.mark.parametrize(("limit", "met"), [(1e9, True), (1e-9, False)])
def test_a_row_says_whether_its_limit_was_reached(monkeypatch: pytest.MonkeyPatch, limit: float, met: bool):
    monkeypatch.setattr(recording, "LIMIT_MILLISECONDS", limit)
    monkeypatch.setattr(recording, "LINEAR_WITHIN", limit)

    assert [row.met for row in measure((5, 10), repeats=1)] == [met, met, met]
