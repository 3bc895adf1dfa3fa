"""What counts as intact: pgBackRest's words, not its exit code, and a log without gaps."""

from archkit.backup.verify import gaps, judged

OK = """\
stanza: orders
status: ok
  archiveId: 17-1, total WAL checked: 4, total valid WAL: 4
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261125-192817F, status: valid, total files checked: 1270, total valid files: 1270
"""
BAD_FILE = """\
2026-11-25 19:29:02.989 P02   INFO: invalid checksum '20261125-192817F/bundle/3'
stanza: orders
status: error
  backup: 20261125-192817F, status: invalid, total files checked: 1270, total valid files: 1269
"""
BEGIN = "000000010000000000000003"


def segments(*numbers: int, timeline: int = 1) -> list[str]:
    return [f"{timeline:08X}00000000{number:08X}-{'a' * 40}.zst" for number in numbers]


def test_what_pgbackrest_calls_ok_is_intact() -> None:
    assert judged(OK) == []


def test_a_corrupted_file_is_told_by_its_name() -> None:
    assert judged(BAD_FILE) == ["invalid checksum '20261125-192817F/bundle/3'"]


def test_an_error_without_a_word_is_an_error() -> None:
    assert judged("stanza: orders\nstatus: error\n") == ["pgbackrest verify: status error"]


def test_who_says_no_status_has_proven_nothing() -> None:
    assert judged("") == ["pgbackrest verify said no status: nothing was proven"]


def test_a_segment_that_is_gone_is_a_gap() -> None:
    assert gaps(segments(3, 4, 6), since=BEGIN) == [
        "missing segment 0000000000000005 of the log: no point in time after it can be restored"
    ]


def test_a_failover_is_no_gap() -> None:
    assert gaps([*segments(3, 4), *segments(4, 5, timeline=2), "00000002.history"], since=BEGIN) == []


def test_the_log_counts_on_over_the_end_of_a_file() -> None:
    names = [f"0000000100000000000000FF-{'a' * 40}.zst", f"000000010000000100000000-{'a' * 40}.zst"]

    assert gaps(names, since="0000000100000000000000FF") == []


def test_what_is_older_than_the_newest_whole_copy_may_be_gone() -> None:
    assert gaps(segments(1, 3, 4), since=BEGIN) == []


def test_without_its_first_segment_a_copy_is_no_copy() -> None:
    assert gaps(segments(4, 5), since=BEGIN)[0].startswith("missing segment 0000000000000003")


def test_without_a_whole_copy_nothing_is_intact() -> None:
    assert gaps(segments(3), since=None) == ["no whole copy: nothing can be restored"]


def test_a_timeline_that_nobody_tells_the_beginning_of_is_a_gap() -> None:
    names = [*segments(3, 4), *segments(5, timeline=3), "00000003.history"]

    assert gaps(names, since=BEGIN) == [
        "missing history of timeline 2 of the log: no point in time after it can be restored"
    ]
