"""Removing a stack on a busy machine."""

from typing import Any

import pytest

from archkit.errors import UserError
from archkit.stack import guarded, operations

SLOW = "web-replica: error on wait for container with ID '5669ee76': context deadline exceeded: provider=docker@5.2.0"


class Opened:
    """A stack as far as removing it goes."""

    name = "web-local"
    target = "local"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """What each run of the engine ends with; the titles of those that were made."""

    def given(*ends: list[str]) -> list[str]:
        titles: list[str] = []
        left = list(ends)

        def run(title: str, opened: Any, arguments: list[str]) -> None:
            titles.append(title)
            if problems := left.pop(0):
                raise UserError.of(problems)

        monkeypatch.setattr(operations, "_run", run)

        def unprotected(opened: Any) -> None:
            return None

        def seen_file(opened: Any) -> Any:
            return tmp_path / "seen.json"

        monkeypatch.setattr(guarded, "refuse_destroying_protected", unprotected)
        monkeypatch.setattr(operations, "seen_file", seen_file)
        return titles

    return given


def test_containers_that_are_slow_to_go_are_removed_by_a_second_run(runs: Any) -> None:
    titles = runs([SLOW, f"edge-proxy: {SLOW}"], [])
    operations.destroy(Opened())  # type: ignore[arg-type]

    assert titles == ["removing web-local", "removing what is left of web-local"]


def test_what_fails_twice_or_for_another_reason_is_told(runs: Any) -> None:
    runs([SLOW], [SLOW])
    with pytest.raises(UserError, match="error on wait for container"):
        operations.destroy(Opened())  # type: ignore[arg-type]
    titles = runs([SLOW, "docker: the daemon must answer"])
    with pytest.raises(UserError, match="the daemon must answer"):
        operations.destroy(Opened())  # type: ignore[arg-type]
    assert titles == ["removing web-local"]
