"""What is kept of operations survives its way to the disk."""

from pathlib import Path

import pytest

from archkit.drills.load import Kind, Outcome, Read, Record, Samples, Write, latency_of, merged
from archkit.drills.load.journal import Journal, read_journal


def test_samples_are_read_as_they_were_written(tmp_path: Path) -> None:
    samples = Samples()
    samples.add(0.5, 0.001, Outcome(Kind.OK, 200, "a"), 0.0001)
    samples.add(1.0, 5.0, Outcome(Kind.TIMEOUT, attempts=300))
    samples.write(tmp_path / "samples")

    again = Samples.read(tmp_path / "samples")

    assert list(again) == list(samples)
    assert again.by_kind() == {Kind.OK: 1, Kind.TIMEOUT: 1}
    assert list(again.attempts) == [1, 255]


@pytest.mark.parametrize("cut", [1, 30])
def test_a_file_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    samples = Samples()
    for number in range(10):
        samples.add(number, 0.1, Outcome(Kind.OK))
    samples.write(tmp_path / "samples")
    (tmp_path / "samples").write_bytes((tmp_path / "samples").read_bytes()[:-cut])

    with pytest.raises(ValueError, match="cut short; 10 samples were announced"):
        Samples.read(tmp_path / "samples")


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "samples").write_text('{"version": 99, "count": 0, "byteorder": "little", "replicas": [""]}\n')

    with pytest.raises(ValueError, match="version 99, this kit reads version 1"):
        Samples.read(tmp_path / "samples")


def test_the_journal_has_every_record_and_forgives_a_torn_last_line(tmp_path: Path) -> None:
    records = [Record(Write("a", "k", 1, "s"), 0.1, 0.2, True), Record(Read("k", 1, "s"), 0.3, 0.4, False, True)]
    path = tmp_path / "journal"
    with Journal(path) as journal:
        for record in records:
            journal.add(record)
    with path.open("a") as file:
        file.write('["W", ["torn')

    assert list(read_journal(path)) == records


def test_percentiles_are_right_to_three_digits() -> None:
    latency = latency_of(number / 1000 for number in range(1, 1001))

    assert latency is not None
    assert latency.count == 1000
    assert latency.p50_milliseconds == pytest.approx(500, rel=0.002)
    assert latency.p90_milliseconds == pytest.approx(900, rel=0.002)
    assert latency.p99_milliseconds == pytest.approx(990, rel=0.002)
    assert latency.max_milliseconds == 1000


def test_runs_are_added_up_not_averaged() -> None:
    fast, slow = latency_of([0.001] * 98), latency_of([1.0] * 2)
    assert fast is not None
    assert slow is not None

    whole = merged([fast, slow])

    assert whole is not None
    assert (whole.count, whole.max_milliseconds) == (100, 1000)
    assert whole.p50_milliseconds == pytest.approx(1, rel=0.002)
    assert whole.p99_milliseconds == pytest.approx(1000, rel=0.002)


def test_nothing_measured_has_no_percentiles() -> None:
    assert latency_of([]) is None
    assert merged([]) is None
