"""What the journal promises: whatever was begun and not ended is found again, after any crash."""

import json
import os
from pathlib import Path

import pytest

from archkit.drills.faults import BadDeploy, HalfCut, Host, Kill, ZoneCut, from_document, to_document
from archkit.drills.faults.host import FaultError
from archkit.drills.journal import Journal
from archkit.errors import UserError

CONTAINER = "0123456789ab"


def test_a_fault_is_on_the_disk_once_open_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synchronised: list[int] = []
    monkeypatch.setattr(os, "fsync", synchronised.append)
    journal = Journal("web-local", tmp_path)

    journal.open(Kill(container=CONTAINER))

    assert len(synchronised) == 2, "the line and the new file's name: a power failure would lose what is in a cache"
    assert [entry.fault["container"] for entry in Journal("web-local", tmp_path).entries()] == [CONTAINER]


def test_an_entry_holds_all_that_another_process_needs_to_heal(tmp_path: Path) -> None:
    host = Host(name="b", docker_host="unix:///b.sock", zone="b")
    faults = [
        HalfCut(host=host, container=CONTAINER, direction="both", peers=("10.0.1.7", "10.0.1.8")),
        BadDeploy(service="web", image="web:1", health_check={"Test": ["CMD", "true"]}),
    ]
    journal = Journal("web-lab", tmp_path)
    for fault in faults:
        journal.open(fault)

    read = [from_document(entry.fault) for entry in Journal("web-lab", tmp_path).entries()]

    assert read == faults


def test_a_closed_fault_is_not_found_again_and_the_others_are(tmp_path: Path) -> None:
    journal = Journal("web-local", tmp_path)
    first, second = Kill(container=CONTAINER), Kill(container=CONTAINER)
    journal.open(first)
    journal.open(second)
    journal.injected(second.id)
    journal.close(first.id)

    assert [(entry.id, entry.injected) for entry in journal.entries()] == [(second.id, True)]


@pytest.mark.parametrize("lost", range(1, 40, 3))
def test_a_line_that_a_crash_cut_short_hides_no_other(tmp_path: Path, lost: int) -> None:
    journal = Journal("web-local", tmp_path)
    first, second, third = (Kill(container=CONTAINER) for _ in range(3))
    journal.open(first)
    journal.open(second)
    content = journal.path.read_bytes()
    journal.path.write_bytes(content[: -1 - lost])

    journal.open(third)

    assert [entry.id for entry in journal.entries()] == [first.id, third.id]


def test_a_cut_short_closing_heals_once_more(tmp_path: Path) -> None:
    journal = Journal("web-local", tmp_path)
    fault = Kill(container=CONTAINER)
    journal.open(fault)
    journal.close(fault.id)
    journal.path.write_bytes(journal.path.read_bytes()[:-5])

    assert [entry.id for entry in journal.entries()] == [fault.id], "healing twice harms nobody, not at all does"


def test_a_journal_holds_no_switch_and_is_given_one_to_heal() -> None:
    class Lab:
        def zones(self) -> tuple[str, ...]:
            return ("a", "b")

        def zone_down(self, zone: str, cut: bool) -> None: ...

        def zone_up(self, zone: str) -> None: ...

    lab = Lab()
    document = json.loads(json.dumps(to_document(ZoneCut(zone="b", switch=lab))))

    assert "switch" not in document
    healed = from_document(document, switch=lab)
    assert isinstance(healed, ZoneCut)
    assert healed.switch is lab


def test_a_fault_of_an_unknown_kind_is_named() -> None:
    with pytest.raises(FaultError, match="fault 'flood': unknown here"):
        from_document({"kind": "flood"})


def test_a_grown_journal_starts_anew_only_when_nothing_is_open(tmp_path: Path) -> None:
    journal = Journal("web-local", tmp_path)
    fault = Kill(container=CONTAINER)
    journal.open(fault)
    with journal.path.open("ab") as file:
        file.write(b" " * 1_000_001 + b"\n")
    journal.shorten()
    assert [entry.id for entry in journal.entries()] == [fault.id], "what is not healed must not be forgotten"
    journal.close(fault.id)
    journal.shorten()
    assert not journal.path.exists()


@pytest.mark.parametrize("stack", ["", "../etc", "a/b", ".hidden"])
def test_a_stack_whose_name_would_leave_the_folder_is_refused(tmp_path: Path, stack: str) -> None:
    with pytest.raises(UserError, match="stack: must be a name"):
        Journal(stack, tmp_path)
