"""What pgBackRest says, in words that say what to do; its own words are from its 2.55."""

import pytest

from archkit.backup.compare import Content, compared
from archkit.backup.problems import explain


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "2026-11-25 19:29:02 P00  ERROR: [095]: unable to flush",
            "backup/vault/key: must be the one that the copies were encrypted with, got another or none; ",
        ),
        (
            "P00   WARN: repo1: [FormatError] unable to load info file '/srv/offsite/backup.info'\n"
            "P00  ERROR: [075]: no backup set found to restore",
            "backup/vault/key: must be the one that the copies were encrypted with, got another or none; ",
        ),
        (
            "P00  ERROR: [050]: unable to acquire lock on file '/tmp/pgbackrest/orders-backup-1.lock'",
            "backup/vault/lock: must be free, got one that is held; another copy is under way",
        ),
        (
            "P00  ERROR: [056]: unable to find primary cluster - cannot proceed",
            "backup/vault: must succeed, got an error",
        ),
        (
            "P00  ERROR: [028]: backup and archive info files exist but do not match the database",
            "backup/vault/database: must be the one that was copied before, got another; ",
        ),
        ("P00  ERROR: [075]: no backup set found to restore", "backup/vault/copies: must be one at least, got none"),
        (
            "P00   INFO: restore command begin 2.55.1: --repo1-cipher-type=aes-256-cbc\nP00  ERROR: [075]: no "
            "backup set found to restore",
            "backup/vault/copies: must be one at least, got none",
        ),
        ("something else", "backup/vault: must succeed, got an error of pgBackRest: something else"),
    ],
)
def test_each_failure_is_one_clear_message(said: str, expected: str) -> None:
    assert explain("backup/vault", said).startswith(expected)


def test_tables_are_the_same_by_rows_and_hash_and_one_that_is_missing_is_not() -> None:
    one, other = Content(rows=2, hash="7"), Content(rows=2, hash="8")

    found = compared({"a": one, "b": one, "gone": one}, {"a": one, "b": other, "new": one})

    assert {each.table: each.same for each in found} == {"a": True, "b": False, "gone": False, "new": False}
