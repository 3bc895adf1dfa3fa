"""The measurement of recording measures what it says."""

from archkit.bench.recording import LIMIT_MILLISECONDS, measure


def test_a_row_tells_the_time_of_each_resource_and_it_is_below_the_limit():
    small, large, growth = measure((50, 250), repeats=1)

    assert (small.what, large.what) == (
        "recording 50 resources under mocks, ms each",
        "recording 250 resources under mocks, ms each",
    )
    assert 0 < float(large.measured) <= LIMIT_MILLISECONDS
    assert large.met is True
    assert growth.what == "recording 250 against 50 resources, times linear"
    assert abs(float(growth.measured) - float(large.measured) / float(small.measured)) < 0.2
