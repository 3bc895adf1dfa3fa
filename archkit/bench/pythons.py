"""A Python of another version that can draw: pictures must be the same bytes under each.

One that is on this machine is given the few packages that drawing needs, in an environment of its own inside the
checkout's private folder; none is downloaded.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archkit.stack.project import PRIVATE

LEAST = (3, 11)
"""The oldest that the kit runs on: pyproject.toml, `requires-python`."""
NEEDED = (
    "annotated-types",
    "diagrams",
    "graphviz",
    "pillow",
    "pydantic",
    "pydantic-core",
    "resvg-py",
    "typing-extensions",
    "typing-inspection",
)
"""What drawing a saved graph imports, besides the kit itself; their versions are those of requirements.lock."""
_NAMES = tuple(f"python3.{minor}" for minor in range(LEAST[1], LEAST[1] + 10))
_INSTALL_SECONDS = 180.0
IMPORTS = "import archkit.graph.document, topology.derive, topology.readers, topology.views.bundle"


@dataclass(frozen=True, kw_only=True)
class Other:
    """What was found. Args: `program` to run, empty for none; `why` there is none, for the row's note."""

    program: str = ""
    why: str = ""


def other(root: Path) -> Other:
    """The newest Python of another version than this one's that has, or was given, what drawing needs.

    Args:
        root: Of the project.

    """
    mine = ".".join(map(str, sys.version_info[:2]))
    found = {minor: program for program in candidates() if (minor := _minor(program)) and minor != mine}
    problems: list[str] = []
    for minor in sorted(found, key=_numbers, reverse=True):
        try:
            return Other(program=_able(found[minor], minor, root))
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", "") or str(error)
            problems.append(f"Python {minor} is here, but cannot be given the packages: {_last(said)}")
    return Other(why="; ".join(problems) or "no other Python is on this machine")


def candidates() -> Iterator[str]:
    """Programs on the PATH, and those that pyenv and uv keep."""
    for name in _NAMES:
        if program := shutil.which(name):
            yield program
    home = Path.home()
    kept = (
        Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions",
        Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or home / ".local" / "share" / "uv" / "python"),
    )
    for folder in kept:
        for name in _NAMES:
            yield from map(str, sorted(folder.glob(f"*/bin/{name}")))


def environment(root: Path) -> dict[str, str]:
    """Variables with which a Python finds the kit's own modules."""
    return {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'diagrams'}"}


@cache
def version(program: str) -> str:
    """`3.12.1`; empty where the program does not run, as a shim does that leads nowhere."""
    code = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
    try:
        done = subprocess.run([program, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _minor(program: str) -> str:
    return version(program).rpartition(".")[0]


def _numbers(minor: str) -> tuple[int, ...]:
    return tuple(map(int, minor.split(".")))


def _able(program: str, minor: str, root: Path) -> str:
    """The program itself, or one in an environment that was made for it. Raises: SubprocessError where neither can."""
    if _imports(program, root):
        return program
    folder = root / PRIVATE / "bench" / f"python-{minor}"
    inner = str(folder / "bin" / "python")
    if not (Path(inner).is_file() and _imports(inner, root)):
        _run([program, "-m", "venv", "--clear", str(folder)])
        pinned = folder / "requirements.txt"
        pinned.write_text("\n".join(locked((root / "requirements.lock").read_text())) + "\n")
        pip = [inner, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
        _run([*pip, "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(pinned)])
        _run([inner, "-c", IMPORTS], root)
    return inner


def _imports(program: str, root: Path) -> bool:
    done = subprocess.run([program, "-c", IMPORTS], env=environment(root), capture_output=True, check=False)
    return done.returncode == 0


def _run(command: list[str], root: Path | None = None) -> None:
    env = environment(root) if root is not None else None
    subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=_INSTALL_SECONDS)


def locked(text: str) -> list[str]:
    """The lines of a lock file that name what drawing needs, with their hashes."""
    kept: list[str] = []
    wanted = False
    for line in text.splitlines():
        if not line.startswith((" ", "#")):
            wanted = line.partition("==")[0] in NEEDED
        if wanted:
            kept.append(line)
    return kept


def _last(said: str) -> str:
    lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
