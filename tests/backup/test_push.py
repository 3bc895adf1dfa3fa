"""PostgreSQL's archive_command where no repository is there: the log waits, but never until the disk is full."""

import subprocess
from pathlib import Path

import pytest

PUSH = Path(__file__).parents[2] / "components/database/image/postgresql/bin/pgbackrest-push"
GIGABYTES = 4


@pytest.fixture
def push(tmp_path: Path):
    """Runs it in a data directory where so many segments wait; says how it ended and what it called."""
    programs, data = tmp_path / "bin", tmp_path / "data"
    (data / "pg_wal/archive_status").mkdir(parents=True)
    programs.mkdir()
    configuration = tmp_path / "pgbackrest.conf"
    configuration.write_text(f"[global]\narchive-push-queue-max={GIGABYTES}GiB\n")

    def run(waiting: int, *, options: str = "") -> subprocess.CompletedProcess[str]:
        for name, text in (("archive-options", f"printf -- '{options}'"), ("pgbackrest", 'echo "pgbackrest $*"')):
            (programs / name).write_text(f"#!/bin/bash\n{text}\n")
            (programs / name).chmod(0o755)
        for number in range(waiting):
            (data / f"pg_wal/archive_status/{number:024X}.ready").touch()
        return subprocess.run(
            ["bash", PUSH, "orders", "pg_wal/0000000100000000000000AB"],
            cwd=data,
            env={"PATH": f"{programs}:/usr/bin:/bin", "PGBACKREST_CONFIG": str(configuration)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_where_a_repository_is_there_the_segment_goes_to_it(push) -> None:
    done = push(3, options="--repo1-host=repository\\n")

    assert done.returncode == 0
    assert done.stdout == (
        "pgbackrest --stanza=orders --repo1-host=repository archive-push pg_wal/0000000100000000000000AB\n"
    )


def test_where_none_is_there_the_log_waits(push) -> None:
    done = push(GIGABYTES * 64 - 1)

    assert (done.returncode, done.stdout) == (1, "")
    assert "the repository is not there: the log waits" in done.stderr


def test_the_disk_that_writes_need_is_not_filled(push) -> None:
    done = push(GIGABYTES * 64)

    assert done.returncode == 0
    assert "256 segments wait, 4 GB: 0000000100000000000000AB is let go" in done.stderr
