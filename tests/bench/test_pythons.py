"""A second Python is used where there is one, and the row says why where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archkit.bench import pictures, pythons
from archkit.graph import Graph, Resource
from archkit.stack.project import find_project

ROOT = find_project().root
LONE = Graph(
    project="p",
    stack="web-lone",
    resources=(Resource(urn="urn:pulumi:s::p::aws:s3/bucket:Bucket::b", type="aws:s3/bucket:Bucket", name="b"),),
)


def _python(folder: Path, name: str, says: str, *, imports: bool) -> Path:
    """A program that answers as a Python of that version would."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(
        f'#!/bin/sh\ncase "$2" in *sys.version_info*) echo {says};; *) exit {0 if imports else 1};; esac\n'
        if says
        else "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"
    )
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pythons.version.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))


def test_the_newest_python_of_another_version_is_taken_wherever_it_is_kept(tmp_path: Path) -> None:
    mine = ".".join(map(str, sys.version_info[:3]))
    _python(tmp_path / "bin", f"python3.{sys.version_info[1]}", mine, imports=True)
    _python(tmp_path / "bin", "python3.16", "", imports=True)  # a shim that leads nowhere
    _python(tmp_path / "pyenv" / "versions" / "3.18.1" / "bin", "python3.18", "3.18.1", imports=True)
    newest = _python(tmp_path / "uv" / "cpython-3.20.0" / "bin", "python3.20", "3.20.0", imports=True)
    assert pythons.other(ROOT) == pythons.Other(program=str(newest))


def test_one_of_the_same_version_is_no_second_one(tmp_path: Path) -> None:
    mine = ".".join(map(str, sys.version_info[:3]))
    _python(tmp_path / "bin", f"python3.{sys.version_info[1]}", mine, imports=True)
    assert pythons.other(ROOT) == pythons.Other(why="no other Python is on this machine")


def test_one_that_cannot_be_given_the_packages_is_told_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _python(tmp_path / "bin", "python3.19", "3.19.0", imports=False)

    def fails(command: list[str], root: Path | None = None) -> None:
        del root
        raise subprocess.CalledProcessError(1, command, stderr="looking\nERROR: No matching distribution for pillow\n")

    monkeypatch.setattr(pythons, "_run", fails)
    said = "Python 3.19 is here, but cannot be given the packages: ERROR: No matching distribution for pillow"
    assert pythons.other(ROOT) == pythons.Other(why=said)


def test_what_drawing_needs_is_pinned_by_the_lock_with_its_hashes() -> None:
    lines = pythons.locked((ROOT / "requirements.lock").read_text())
    names = [line.partition("==")[0] for line in lines if not line.startswith(" ")]
    assert names == sorted(pythons.NEEDED), "each needs a version, or the second Python draws with another one"
    assert all(any("--hash=sha256:" in line for line in lines[at + 1 : at + 2]) for at, line in enumerate(lines)
               if not line.startswith(" "))  # fmt: skip


def test_the_needed_packages_are_all_that_drawing_imports() -> None:
    code = (
        f"import importlib.metadata as m, sys; {pythons.IMPORTS}\n"
        "held = m.packages_distributions()\n"
        "print(*sorted({one for name in list(sys.modules) for one in held.get(name.partition('.')[0], ())}))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=pythons.environment(ROOT), capture_output=True, text=True,
                          check=True)  # fmt: skip
    used = {one.replace("_", "-").lower() for one in done.stdout.split()} - {"archkit", "setuptools"}
    assert used == set(pythons.NEEDED)


def test_other_bytes_under_another_version_fail_the_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = _python(tmp_path / "bin", "python3.19", "3.19.0", imports=True)

    def digest(program: str, *_: object) -> str:
        return "other" if program == str(second) else "one"

    monkeypatch.setattr(pictures, "_digest", digest)
    row = pictures._sameness({"lone": LONE}, ROOT)  # pyright: ignore[reportPrivateUsage]
    assert (row.met, row.measured, row.n) == (False, "50", 20)
    assert row.note.endswith("3.19.0"), row.note
    assert os.environ["PATH"] == str(tmp_path / "bin")
