"""Builds the engine and the Docker provider from their published Go modules (`tools/engine`)."""

import hashlib
import os
import re
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archkit.engine.cache import Manifest, publish, staged
from archkit.engine.model import Engine, Source
from archkit.engine.process import run
from archkit.engine.progress import Progress, Step

SOURCES = Path(__file__).resolve().parents[2] / "tools" / "engine"
LANGUAGE_HOST_FILES = ("pulumi-language-python", "language_host.py")
_MODULE = "github.com/pulumi/pulumi/pkg/v3"
# Cold, with downloads, on 2 cores: 195 s for the engine and 127 s for the provider. A laptop on a slow line takes more.
_BUILD_TIMEOUT_SECONDS = 30 * 60.0
_USUAL_PLACES = ("/usr/local/go/bin/go", "/usr/lib/go/bin/go", "/opt/homebrew/bin/go")


class NoBuildError(Exception):
    """A build is impossible here; the text says why."""


def go_program() -> Path:
    """The Go tool: on PATH, or where distributions and its own installer put it.

    Raises:
        NoBuildError: There is none, or this installation of the kit has no sources to build.

    """
    if not SOURCES.is_dir():
        raise NoBuildError("this installation has no tools/engine; it stands in the project's repository")
    candidates = [shutil.which("go"), *_USUAL_PLACES]
    found = next((Path(c) for c in candidates if c and os.access(c, os.X_OK)), None)
    if found is None:
        raise NoBuildError("Go is not there; install Go 1.25.11 or newer")
    return found


@cache
def built_version() -> str:
    """The version of the engine that a build gives: the one in its go.mod; empty without sources."""
    if not SOURCES.is_dir():
        return ""
    required = re.search(rf"{re.escape(_MODULE)} v(\S+)", (SOURCES / "pulumi" / "go.mod").read_text())
    assert required, "tools/engine/pulumi/go.mod requires the engine's module"
    return required.group(1)


@cache
def sources_digest() -> str:
    """A hash of what the engine is built from; another one means that it has to be built again."""
    digest = hashlib.sha256()
    for path in ("pulumi/go.mod", "pulumi/go.sum"):
        digest.update((SOURCES / path).read_bytes() if SOURCES.is_dir() else b"")
    return digest.hexdigest()[:16]


def build_engine(progress: Progress) -> Engine:
    """Builds `pulumi` and puts the language host beside it, as a new folder of the cache.

    Raises:
        NoBuildError: There is no Go here, or no sources.
        ProcessError: The build failed or took longer than half an hour.

    """
    go, version = go_program(), built_version()
    program = Program(
        title=f"Pulumi {version}",
        module=SOURCES / "pulumi",
        package=f"{_MODULE}/cmd/pulumi",
        version_variable="github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
        version=f"v{version}",
    )
    with staged() as folder:
        binaries = folder / "bin"
        binaries.mkdir()
        compile_program(go, program, binaries / "pulumi", progress)
        put_language_host(binaries)
        root = publish(folder, Manifest(version=version, source=Source.BUILT, digest=sources_digest()))
    return Engine(root=root, version=version, source=Source.BUILT)


def language_host_is_current(binaries: Path) -> bool:
    """Whether the language host beside a built engine is the one of these sources."""
    if not SOURCES.is_dir():
        return True
    return all(
        (binaries / name).is_file() and (binaries / name).read_bytes() == (SOURCES / name).read_bytes()
        for name in LANGUAGE_HOST_FILES
    )


def put_language_host(binaries: Path) -> None:
    """Copies the language host beside a built engine, each file in one step: an engine may be starting it."""
    for name in LANGUAGE_HOST_FILES:
        fresh = binaries / f".{name}.new"
        shutil.copy2(SOURCES / name, fresh)
        fresh.replace(binaries / name)
    (binaries / "interpreter").write_text(sys.executable + "\n")


@dataclass(frozen=True, kw_only=True)
class Program:
    """A Go program to build.

    Args:
        title: What it is called in progress displays.
        module: The folder with its go.mod.
        package: Its main package.
        version_variable: The string variable that tells its version, as `<import path>.<name>`.
        version: What that variable becomes.

    """

    title: str
    module: Path
    package: str
    version_variable: str
    version: str


def compile_program(go: Path, program: Program, output: Path, progress: Progress) -> None:
    """Builds one program; says which modules are downloaded, then how many of the stale packages are compiled.

    Raises:
        ProcessError: The build failed or took too long.

    """
    title, module, package = program.title, program.module, program.package
    common = ["-trimpath", "-ldflags", f"-s -w -X {program.version_variable}={program.version}"]
    listing = "{{if .Stale}}stale {{.ImportPath}}{{end}}"
    with progress.step(f"downloading the source of {title}") as step:
        command = [go, "list", "-deps", *common, "-f", listing, package]
        listed = run(command, cwd=module, timeout_seconds=_BUILD_TIMEOUT_SECONDS, on_line=_Downloads(step))
    stale = sum(line.startswith("stale ") for line in listed.splitlines())
    with progress.step(f"building {title}") as step:
        step.update(total=max(stale, 1))
        compiled = _Compiled(step, stale)
        run(
            [go, "build", "-v", *common, "-o", output, package],
            cwd=module,
            timeout_seconds=_BUILD_TIMEOUT_SECONDS,
            on_line=compiled,
            on_tick=step.update,
        )


class _Downloads:
    """Counts the modules that Go says it downloads."""

    def __init__(self, step: Step) -> None:
        self._step, self._count = step, 0

    def __call__(self, line: str) -> None:
        if line.startswith("go: downloading "):
            self._count += 1
            self._step.update(done=self._count, detail=line.removeprefix("go: downloading "))


class _Compiled:
    """Counts the packages that Go says it compiles; the last one is the program, whose linking takes a while."""

    def __init__(self, step: Step, stale: int) -> None:
        self._step, self._stale, self._count = step, stale, 0

    def __call__(self, line: str) -> None:
        if line.startswith("go: ") or " " in line:
            return
        self._count += 1
        self._step.update(done=self._count, detail="linking" if self._count >= self._stale else line)
