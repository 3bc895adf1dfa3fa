"""The rows of the API's drills: a failed read, a slow cache or a late write are not met."""

import importlib.util
from pathlib import Path

import pytest

from archkit.bench.api_drills import _cache_rows, _database_rows
from archkit.drills.load import Record, Write


@pytest.fixture
def report():
    """Runs of 20 s with ten products and ten reads a second; so many reads fail, writes pause for so long."""
    spec = importlib.util.spec_from_file_location("reports", Path(__file__).parents[1] / "drills/report/conftest.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)

    def run(failed: int, silent: float):
        times = [at for at in (number / 10 for number in range(200)) if not 10 < at < 10 + silent]
        records = [Record(Write(str(at)), at, at + 0.01, answered=True) for at in times]
        return made.make_run(records=records, found={one.entry.identity: 1 for one in records}, failed=failed)

    return lambda *runs: made.make_report(*(run(failed, silent) for failed, silent in runs))


def test_what_clients_did_not_notice_is_met(report) -> None:
    failures, gap, lost = _database_rows(report((0, 1.0), (0, 2.0)))

    assert (failures.measured, failures.met, failures.n) == ("0", True, 2)
    assert (gap.measured, gap.met, gap.spread) == ("1.5", True, "1.0 - 2.0")
    assert (lost.measured, lost.met) == ("0", True)
    failed, tail = _cache_rows(report((0, 0)), tail=True)
    assert (failed.met, tail.met) == (True, True)


def test_one_failed_request_or_one_late_write_is_not(report) -> None:
    failures, gap, _ = _database_rows(report((0, 1.0), (1, 6.5)))

    assert (failures.measured, failures.met) == ("1", False)
    assert gap.met is False
    failed, tail = _cache_rows(report((3, 0)), tail=False)
    assert (failed.measured, failed.met) == ("3", False)
    assert tail.met is None, "of a cache that is gone nobody promises how slow it is"
