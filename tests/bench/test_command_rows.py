"""Rows that time a command as a user types it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from archkit.bench.commands import timed
from archkit.bench.rows import Row
from archkit.errors import UserError


def _timed(folder: Path, program: str, rounds: int = 2) -> Row:
    return timed("up, s", [sys.executable, "-c", program], folder=folder, environment=dict(os.environ), rounds=rounds)


def test_every_run_is_a_process_of_its_own_and_the_first_is_not_counted(tmp_path: Path) -> None:
    row = _timed(tmp_path, "import os; open('pids', 'a').write(f'{os.getpid()} ')", rounds=3)
    assert len(set((tmp_path / "pids").read_text().split())) == 4
    assert row.n == 3
    assert row.spread


def test_a_command_that_takes_longer_than_the_limit_does_not_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archkit.bench.commands.LIMIT_SECONDS", 0.2)
    row = _timed(tmp_path, "import time; time.sleep(0.3)")
    assert row.met is False
    assert float(row.measured) >= 0.3


def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"must succeed, got exit code 3; its last words"):
        _timed(tmp_path, "import sys; sys.stderr.write('its last words'); sys.exit(3)")
