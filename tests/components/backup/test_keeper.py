"""The agent's rounds: in which order it does what, and what it says."""

import json
from datetime import UTC, datetime

import pytest

from components.backup.local.agent.journal import Journal
from components.backup.local.agent.keeper import Keeper
from components.backup.local.agent.pgbackrest import Backrest, BackrestError
from components.backup.local.agent.plan import Plan

PLAN = Plan(stanza="orders", schedule="0 2 * * *", daily=7, weekly=4, monthly=6, repositories=[1, 2])
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def segments(*numbers: int, timeline: int = 1) -> list[str]:
    return [f"{timeline:08X}{0:08X}{number:08X}-{'a' * 40}.zst" for number in numbers]


class Told(Backrest):
    """pgBackRest that notes what it is asked, and fails where it is told to."""

    def __init__(self, failing: str = "") -> None:
        super().__init__("orders")
        self.failing = failing
        self.asked: list[str] = []
        self.held: list[dict[str, object]] = []
        self.files = segments(3)

    def call(self, command: str, *options: str) -> str:
        self.asked.append(" ".join([command, *options]))
        if self.failing and self.asked[-1].startswith(self.failing):
            raise BackrestError("[050]: it does not go")
        if command == "info":
            return json.dumps([{"backup": self.held}])
        if command == "backup":
            number = int(options[0].removeprefix("--repo="))
            stop = {"start": 0, "stop": int(NOW.timestamp())}
            database = {"id": 1, "repo-key": number}
            begins = {"start": f"{1:08X}{0:08X}{3:08X}"}
            copy = {"label": "20261125-120000F", "type": "full", "timestamp": stop, "database": database}
            self.held.append({**copy, "archive": begins})
        return ""

    def log_files(self, number: int) -> list[str]:
        self.asked.append(f"repo-ls --repo={number}")
        return self.files


def rounds(backrest: Told, count: int, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    keeper = Keeper(PLAN, backrest, Journal(), clock=lambda: NOW)
    for _ in range(count):
        keeper.round()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_stanza_is_there_before_the_log_and_the_log_before_the_first_copy(capsys) -> None:
    backrest = Told()
    said = rounds(backrest, 1, capsys)

    kinds = [one.split()[0] for one in backrest.asked]
    assert kinds.index("stanza-create") < kinds.index("check") < kinds.index("backup")
    assert [one["event"] for one in said] == ["stanza ready", "log arrives", "copied", "copied"]


def test_both_places_get_a_copy_and_each_is_tidied(capsys) -> None:
    backrest = Told()
    rounds(backrest, 1, capsys)

    assert [one for one in backrest.asked if one.startswith("backup")] == [
        "backup --repo=1 --type=full",
        "backup --repo=2 --type=full",
    ]
    assert "expire --repo=2 --repo2-retention-archive=1 --repo2-retention-archive-type=full" in backrest.asked


def test_nothing_is_copied_twice(capsys) -> None:
    backrest = Told()
    rounds(backrest, 5, capsys)

    assert sum(one.startswith("backup") for one in backrest.asked) == 2


@pytest.mark.parametrize("step", ["stanza-create", "check"])
def test_while_the_log_does_not_arrive_nothing_is_copied_and_it_is_said_once(step: str, capsys) -> None:
    backrest = Told(failing=step)
    said = rounds(backrest, 4, capsys)

    assert not any(one.startswith("backup") for one in backrest.asked)
    assert [one["reason"] for one in said if one["event"] == "not ready"] == ["[050]: it does not go"]


def test_a_failed_copy_is_an_alarm_the_other_place_goes_on_and_it_is_not_tried_all_the_time(capsys) -> None:
    backrest = Told(failing="backup --repo=1")
    said = rounds(backrest, 4, capsys)

    told = [(one["event"], one["repository"]) for one in said if "repository" in one]
    assert told == [("ALARM: copy failed", 1), ("copied", 2)]
    assert backrest.asked.count("backup --repo=1 --type=full") == 1


@pytest.mark.parametrize(
    ("files", "gone"),
    [
        (segments(3, 5), "segment 0000000000000004"),
        ([*segments(3, 4), *segments(5, timeline=2)], "history of timeline 2"),
    ],
)
def test_where_the_log_is_not_whole_another_whole_copy_is_made_at_once(files: list[str], gone: str, capsys) -> None:
    backrest = Told()
    rounds(backrest, 1, capsys)  # the first copies
    backrest.asked.clear()
    backrest.files = files
    said = rounds(backrest, 3, capsys)  # another keeper: it was started again

    assert [one for one in backrest.asked if one.startswith("backup")] == [
        "backup --repo=1 --type=full",
        "backup --repo=2 --type=full",
    ]
    assert [one["missing"] for one in said if "missing" in one] == [[gone], [gone]]


def test_where_it_is_whole_none_is_made_and_it_is_not_looked_through_all_the_time(capsys) -> None:
    backrest = Told()
    rounds(backrest, 1, capsys)
    backrest.asked.clear()
    backrest.files = [*segments(3, 4), "00000002.history", *segments(4, 5, timeline=2)]
    rounds(backrest, 3, capsys)

    assert not [one for one in backrest.asked if one.startswith("backup")]
    assert backrest.asked.count("repo-ls --repo=1") == 1
