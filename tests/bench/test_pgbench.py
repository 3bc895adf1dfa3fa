"""pgbench's log as a figure: all reads that were due, or none."""

import pytest

from archkit.bench.pgbench import latency
from archkit.errors import UserError

# client, transaction, microseconds since it was due, script, seconds, microseconds, how late it began
LOG = [f"{n % 8} {n // 8} {1000 + 10 * n} 0 1795891391 {n} 40" for n in range(100)]


def test_the_time_since_a_read_was_due_is_what_counts() -> None:
    found = latency(LOG, "reads at writer", due=100)

    assert found.count == 100
    assert found.p50_milliseconds == pytest.approx(1.5, abs=0.02)
    assert found.p99_milliseconds == pytest.approx(1.98, abs=0.02)
    assert found.max_milliseconds == pytest.approx(1.99, abs=0.02)


def test_fewer_than_were_due_is_no_figure() -> None:
    with pytest.raises(UserError, match="reads at writer: must all be answered at their rate, got 100 of 120"):
        latency(LOG, "reads at writer", due=120)
    with pytest.raises(UserError, match="got 0 of 120"):
        latency([], "reads at writer", due=120)


def test_what_pgbench_itself_said_is_told() -> None:
    with pytest.raises(UserError, match="got client 0 aborted"):
        latency(LOG, "reads at writer", due=100, problem="client 0 aborted")
