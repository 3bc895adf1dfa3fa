"""Making an engine: the order of the ways, what is said when none works, and that nothing half-made stays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from archkit.engine import Source, ensure_engine
from archkit.engine.build import SOURCES, built_version
from archkit.engine.cache import engines_folder
from archkit.errors import UserError

# Stands in for `go`: "lists" two stale packages, "builds" a program that answers as pulumi does, as slowly as told.
FAKE_GO = """\
#!/bin/sh
while [ $# -gt 0 ]; do
    case $1 in
        list) echo "stale a/b"; echo "stale c/d"; exit 0 ;;
        -o) output=$2 ;;
    esac
    shift
done
echo "started $$" >> "$GO_LOG"
[ -z "$GO_FAILS" ] || { echo "c/d: $GO_FAILS"; exit 1; }
echo half > "$output"
sleep "${GO_SECONDS:-0}"
echo a/b; echo c/d
cat > "$output" <<'EOF'
#!/bin/sh
case $1 in
    version) echo v3.259.0 ;;
    plugin)
        mkdir -p "$PULUMI_HOME/plugins/resource-docker-v$5"
        touch "$PULUMI_HOME/plugins/resource-docker-v$5/pulumi-resource-docker" ;;
esac
EOF
chmod +x "$output"
"""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but a fake Go, whose network is closed to Pulumi's installer."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "go").write_text(FAKE_GO)
    (programs / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("ARCHKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GO_LOG", str(tmp_path / "go.log"))
    # A proxy that refuses: the installer meets a closed network on every machine.
    for variable in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    return tmp_path


def leftovers() -> list[str]:
    return [place.name for place in engines_folder().iterdir() if place.name not in {".lock", built_version()}]


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def started(machine: Path) -> int:
    log = machine / "go.log"
    return log.read_text().count("started") if log.exists() else 0


def in_background(machine: Path, **environment: str) -> subprocess.Popen[str]:
    # Who runs the tests in a shell's background has SIGINT ignored, and so have the children: as in a terminal instead.
    terminal = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{terminal}; from archkit.engine import ensure_engine; print(ensure_engine().source)"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_where_the_installer_cannot_be_reached_the_engine_is_built_with_its_language_host_and_provider(machine: Path):
    began = time.monotonic()
    engine = ensure_engine()
    assert time.monotonic() - began < 20, "a closed network must show within seconds"
    assert (engine.source, engine.version) == (Source.BUILT, built_version())
    for name in ("pulumi", "pulumi-language-python", "language_host.py"):
        assert (engine.binaries / name).exists(), name
    assert os.access(engine.binaries / "pulumi-language-python", os.X_OK)
    assert list((machine / "home" / "plugins").glob("resource-docker-v*")), "the engine would look for it there"
    assert not leftovers()
    assert started(machine) == 2, "the engine and the provider"


def test_a_second_call_finds_what_the_first_one_made(machine: Path):
    first = ensure_engine()
    assert ensure_engine() == first
    assert started(machine) == 2, "nothing is built again"


def test_a_changed_language_host_is_refreshed_without_another_build(machine: Path):
    engine = ensure_engine()
    (engine.binaries / "language_host.py").write_text("old")
    ensure_engine()
    assert (engine.binaries / "language_host.py").read_bytes() == (SOURCES / "language_host.py").read_bytes()
    assert started(machine) == 2


def test_rebuild_makes_engine_and_provider_again_in_the_same_place(machine: Path):
    first = ensure_engine()
    assert ensure_engine(rebuild=True) == first
    assert started(machine) == 4
    assert not leftovers()


def test_a_failed_build_names_all_three_ways_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GO_FAILS", "undefined: x")
    with pytest.raises(UserError) as refused:
        ensure_engine()
    (problem,) = refused.value.problems
    for way in (
        "PATH: no pulumi there",
        "Pulumi's installer: ",
        "build from tools/engine with Go: go ended with exit code 1",
    ):
        assert way in problem
    assert "undefined: x" in problem, "the last words of the compiler are told"
    assert not leftovers()


def test_a_failed_rebuild_keeps_the_engine_that_worked(monkeypatch: pytest.MonkeyPatch):
    first = ensure_engine()
    monkeypatch.setenv("GO_FAILS", "no")
    with pytest.raises(UserError):
        ensure_engine(rebuild=True)
    assert ensure_engine() == first


def test_without_go_the_message_says_what_to_install(machine: Path, monkeypatch: pytest.MonkeyPatch):
    (machine / "programs" / "go").unlink()
    monkeypatch.setattr("archkit.engine.build._USUAL_PLACES", ())
    with pytest.raises(UserError, match=r"Go is not there; install Go 1\.25"):
        ensure_engine()


def test_a_missing_provider_alone_is_made_without_another_engine(machine: Path):
    ensure_engine()
    for plugin in (machine / "home" / "plugins").iterdir():
        (plugin / "pulumi-resource-docker").unlink()
    ensure_engine()
    assert started(machine) == 3, "only the provider is built"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_build_that_is_ended_in_the_middle_leaves_no_half_made_engine(machine: Path, ending: signal.Signals):
    process = in_background(machine, GO_SECONDS="300")
    until(lambda: bool(list(engines_folder().glob(".making-*/bin/pulumi"))))
    process.send_signal(ending)
    process.communicate(timeout=120)
    assert process.returncode != 0, "the build was to last longer than this test waits for it"
    assert not (engines_folder() / built_version()).exists(), "a half-made engine must not be found"
    if ending != signal.SIGKILL:
        assert not leftovers(), "who can still clean up, does"
    else:
        os.killpg(int((machine / "go.log").read_text().split()[-1]), signal.SIGKILL)  # the build, which nobody ended
    assert ensure_engine().source is Source.BUILT, "the next run starts afresh"
    assert not leftovers(), "and removes what a killed one left"


def test_of_two_at_once_one_builds_and_the_other_waits_for_it(machine: Path):
    processes = [in_background(machine, GO_SECONDS="2") for _ in range(2)]
    outputs = [process.communicate(timeout=240) for process in processes]
    assert [out for out, _ in outputs] == ["built\n", "built\n"], outputs
    assert started(machine) == 2, "one engine and one provider for both"
    assert sum("waiting for another archkit" in err for _, err in outputs) == 1, "the one that waits says why"
