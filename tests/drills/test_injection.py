"""Injected faults are healed whatever happens, without Docker: the faults are files."""

import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from archkit.drills.faults import Fault, FaultError
from archkit.drills.healing import heal_all
from archkit.drills.injection import injected
from archkit.drills.journal import Journal
from archkit.drills.lock import drill_lock
from archkit.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Broken(Fault):
    """A file that should not be there."""

    kind: ClassVar[str] = "test-broken"

    path: str
    cannot: str = ""
    half_way: bool = False
    fails_to_heal: int = 0

    def check(self) -> list[str]:
        return [self.cannot] if self.cannot else []

    def inject(self) -> None:
        Path(self.path).write_text("broken")
        if self.half_way:
            message = "the kernel said no"
            raise FaultError(message)

    def heal(self) -> None:
        tries = Path(self.path + ".tries")
        done = int(tries.read_text()) if tries.exists() else 0
        tries.write_text(str(done + 1))
        if done < self.fails_to_heal:
            message = f"not yet ({done})"
            raise FaultError(message)
        Path(self.path).unlink(missing_ok=True)

    def describe(self) -> str:
        return f"breaks {self.path}"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal("web-local", tmp_path)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archkit.drills.injection._PAUSE_SECONDS", 0.01)


def test_a_fault_is_in_the_journal_before_it_is_made(tmp_path: Path) -> None:
    seen: list[bool] = []

    class Watching(Journal):
        def open(self, fault: Fault) -> None:
            super().open(fault)
            seen.append((tmp_path / "a").exists())

    with injected(Broken(path=str(tmp_path / "a")), journal=Watching("web-local", tmp_path)):
        assert (tmp_path / "a").exists()
    assert seen == [False]
    assert not (tmp_path / "a").exists()


def test_all_problems_are_told_before_anything_is_touched(tmp_path: Path, journal: Journal) -> None:
    fine = Broken(path=str(tmp_path / "a"))
    with (
        pytest.raises(UserError) as refused,
        injected(fine, Broken(path="b", cannot="needs root"), Broken(path="c", cannot="needs tbf"), journal=journal),
    ):
        pass
    assert refused.value.problems == ("needs root", "needs tbf")
    assert not (tmp_path / "a").exists()
    assert not journal.path.exists()


def test_an_error_in_the_drill_heals_and_stays_the_error(tmp_path: Path, journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError), injected(Broken(path=str(tmp_path / "a")), journal=journal):
        _ = 1 / 0
    assert not (tmp_path / "a").exists()
    assert journal.entries() == []


def test_a_fault_that_fails_half_way_is_undone_with_those_before_it(tmp_path: Path, journal: Journal) -> None:
    faults = (Broken(path=str(tmp_path / "a")), Broken(path=str(tmp_path / "b"), half_way=True))
    with pytest.raises(UserError, match="could not be made: the kernel said no"), injected(*faults, journal=journal):
        pass
    assert sorted(path.name for path in tmp_path.glob("[ab]")) == []
    assert journal.entries() == []


def test_healing_is_tried_again(tmp_path: Path, journal: Journal) -> None:
    with injected(Broken(path=str(tmp_path / "a"), fails_to_heal=2), journal=journal):
        pass
    assert not (tmp_path / "a").exists()


def test_what_cannot_be_healed_stays_in_the_journal_and_keeps_no_other_ill(tmp_path: Path, journal: Journal) -> None:
    stubborn = Broken(path=str(tmp_path / "a"), fails_to_heal=3)
    with (
        pytest.raises(UserError, match=r"not healed: the drill breaks .*/a: not yet .*archkit drill --heal web-local"),
        injected(Broken(path=str(tmp_path / "b")), stubborn, journal=journal),
    ):
        pass
    assert not (tmp_path / "b").exists()
    assert [entry.id for entry in journal.entries()] == [stubborn.id]

    (healed,) = heal_all("web-local", directory=tmp_path)
    assert (healed.fault, healed.kind, healed.problem) == (stubborn.id, "test-broken", "")
    assert not (tmp_path / "a").exists()
    assert heal_all("web-local", directory=tmp_path) == []


def test_one_entry_that_nobody_understands_keeps_no_other_ill(tmp_path: Path, journal: Journal) -> None:
    fault = Broken(path=str(tmp_path / "a"))
    journal.open(fault)
    journal.injected(fault.id)
    fault.inject()
    journal._append({"event": "open", "at": "now", "process": 1, "fault": {"kind": "flood", "id": "f"}})
    journal.injected("f")

    first, second = heal_all("web-local", directory=tmp_path)

    assert "unknown here" in first.problem
    assert second.problem == ""
    assert not (tmp_path / "a").exists()
    assert [entry.id for entry in journal.entries()] == ["f"]


def test_a_drill_under_way_is_not_healed_behind_its_back(tmp_path: Path) -> None:
    with drill_lock("web-local", directory=tmp_path), pytest.raises(UserError, match="must not be under drill already"):
        heal_all("web-local", directory=tmp_path)


def test_the_signals_are_the_callers_again_afterwards(tmp_path: Path, journal: Journal) -> None:
    before = signal.getsignal(signal.SIGINT)
    with injected(Broken(path=str(tmp_path / "a")), journal=journal):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


@dataclass(frozen=True, kw_only=True)
class Interrupted(Broken):
    """Gets Ctrl-C in the middle of its making, its healing, or both."""

    kind: ClassVar[str] = "test-interrupted"

    at: str = "inject"

    def inject(self) -> None:
        if "inject" in self.at:
            signal.raise_signal(signal.SIGINT)
        super().inject()

    def heal(self) -> None:
        if "heal" in self.at:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        super().heal()


@pytest.mark.parametrize("at", ["inject", "heal", "inject and heal"])
def test_ctrl_c_waits_until_making_and_healing_are_done(at: str, tmp_path: Path, journal: Journal) -> None:
    reached: list[str] = []
    with pytest.raises(KeyboardInterrupt), injected(Interrupted(path=str(tmp_path / "a"), at=at), journal=journal):
        reached.append("body")
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "a.tries").exists(), "healing was begun and finished"
    assert journal.entries() == []
    assert reached == ([] if "inject" in at else ["body"]), "a drill that was told to end measures nothing more"


def test_ctrl_c_in_the_drill_ends_it_at_once(tmp_path: Path, journal: Journal) -> None:
    began = time.monotonic()
    interrupt = threading.Timer(0.1, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
    interrupt.start()
    with pytest.raises(KeyboardInterrupt), injected(Broken(path=str(tmp_path / "a")), journal=journal):
        time.sleep(20)
    assert time.monotonic() - began < 10
    assert not (tmp_path / "a").exists()


def test_sigterm_heals_and_ends_with_its_code(tmp_path: Path, journal: Journal) -> None:
    with pytest.raises(SystemExit) as ended, injected(Broken(path=str(tmp_path / "a")), journal=journal):
        signal.raise_signal(signal.SIGTERM)
    assert ended.value.code == 143
    assert not (tmp_path / "a").exists()


def test_a_drill_in_a_thread_is_healed_when_the_program_ends(tmp_path: Path) -> None:
    script = """
import sys, threading, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_injection import Broken
from archkit.drills.injection import injected
from archkit.drills.journal import Journal
folder = Path(sys.argv[1])
def drill():
    with injected(Broken(path=str(folder / "a")), journal=Journal("web-local", folder)):
        time.sleep(60)
threading.Thread(target=drill, daemon=True).start()
while not (folder / "a").exists():
    time.sleep(0.01)
"""
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path), here], timeout=30, check=False)
    assert done.returncode == 0
    assert not (tmp_path / "a").exists(), "a daemon thread never reaches its `finally`"
    assert Journal("web-local", tmp_path).entries() == []
