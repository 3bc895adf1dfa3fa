"""What the generator is compared with, built once into the user's cache: vegeta, and the server both ask."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from platformdirs import user_cache_path

from archkit.engine.build import NoBuildError, go_program
from archkit.errors import UserError

VEGETA = "github.com/tsenart/vegeta/v12"
VEGETA_VERSION = "v12.13.0"
BUILD_SECONDS = 600


def folder() -> Path:
    """Where the programs are kept; another version of vegeta has another folder."""
    return user_cache_path("archkit") / "bench" / f"vegeta-{VEGETA_VERSION}"


def vegeta() -> Path:
    """The vegeta program, built from the Go module where it is not there yet.

    Raises:
        UserError: There is no Go, or the build failed.

    """
    return _built("vegeta", "install", f"{VEGETA}@{VEGETA_VERSION}", environment={"GOBIN": str(folder())})


def server() -> Path:
    """The server program; built anew when its source is newer."""
    source = Path(__file__).with_name("server.go")
    program = folder() / "server"
    if program.exists() and program.stat().st_mtime < source.stat().st_mtime:
        program.unlink()
    return _built("server", "build", "-o", str(program), str(source))


def _built(name: str, *command: str, environment: dict[str, str] | None = None) -> Path:
    program = folder() / name
    if program.exists():
        return program
    folder().mkdir(parents=True, exist_ok=True)
    try:
        go = go_program()
    except NoBuildError as error:
        problem = f"bench/generator: must have Go to build {name}, got none; {error}"
        raise UserError(problem) from None
    done = subprocess.run(
        [str(go), *command],
        env={**os.environ, **(environment or {})},
        cwd=folder(),  # outside any module, so that no go.mod of the caller's decides
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    if done.returncode or not program.exists():
        problem = (
            f"bench/generator: must be able to build {name}, got exit code {done.returncode}; {done.stderr[-600:]}"
        )
        raise UserError(problem)
    return program
