"""When a deployment is spared its checks, and when it is not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archkit.cli import up as command
from archkit.engine import Engine, Source
from archkit.errors import UserError
from archkit.lab import Lab
from archkit.stack import drift, operations, preflight, unchanged
from archkit.stack.progress import Progress
from archkit.stack.project import Project
from archkit.stack.unchanged import made_of, seen_file, since_last_up
from archkit.stack.workspace import Opened

LOCAL: dict[str, Any] = {"archkit:target": "local", "archkit:web": {"service": {"size": "small"}}}


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A stack in a checkout of a few files."""
    for name, text in {
        "Pulumi.yaml": "stackConfigDir: .archkit/stacks\n",
        "requirements.lock": "pulumi==3\n",
        "stacks/apps/web/Dockerfile": "FROM archkit/base\n",
        "components/part.py": "PART = 1\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    engine = Engine(root=tmp_path, version="3.259.0", source=Source.PATH)
    return Opened(name="web-local", project=Project(root=tmp_path), config=LOCAL, engine=engine, environment={})


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the daemon has of the stack; a test changes it."""
    there: dict[str, Any] = {"services": {"a": "1"}}

    def seen(*_: object) -> dict[str, Any]:
        return dict(there)

    def client(*_: object) -> None:
        return None

    monkeypatch.setattr(drift, "seen", seen)
    monkeypatch.setattr(unchanged, "client", client)
    monkeypatch.setattr(operations, "client", client)
    return there


def deployed(opened: Opened) -> None:
    drift.store(None, opened.name, seen_file(opened), made_of(opened))  # type: ignore[arg-type]


def test_nothing_is_taken_for_unchanged_before_the_first_deployment(opened: Opened, running: dict[str, Any]) -> None:
    assert not since_last_up(opened)
    deployed(opened)
    assert since_last_up(opened)


@pytest.mark.parametrize(
    "name", ["Pulumi.yaml", "requirements.lock", "stacks/apps/web/Dockerfile", "components/part.py", "archkit/new.py"]
)
def test_another_source_is_a_change(opened: Opened, running: dict[str, Any], name: str) -> None:
    deployed(opened)
    path = opened.project.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("stackConfigDir: .archkit/stacks\n# another\n")
    assert not since_last_up(opened)


def test_a_file_that_becomes_executable_is_a_change_and_compiled_python_is_none(
    opened: Opened, running: dict[str, Any]
) -> None:
    deployed(opened)
    compiled = opened.project.root / "components/__pycache__/part.pyc"
    compiled.parent.mkdir()
    compiled.write_text("compiled")
    assert since_last_up(opened)
    (opened.project.root / "stacks/apps/web/Dockerfile").chmod(0o755)
    assert not since_last_up(opened)


def test_another_setting_engine_or_service_is_a_change(opened: Opened, running: dict[str, Any]) -> None:
    deployed(opened)
    assert not since_last_up(replace(opened, config={**LOCAL, "archkit:profile": "prod"}))
    assert not since_last_up(replace(opened, engine=replace(opened.engine, version="3.260.0")))
    running["services"] = {"a": "2"}
    assert not since_last_up(opened), "somebody scaled it"


def test_what_cannot_be_told_is_checked(
    opened: Opened, running: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed(opened)
    assert not since_last_up(replace(opened, config={**LOCAL, "archkit:target": "aws"}))
    zone = Lab().zones[0].docker_host
    in_lab = replace(opened, config={**LOCAL, "docker:host": zone})
    deployed(in_lab)
    assert not since_last_up(in_lab), "images are copied into zones that were off at the last deployment"

    def silent(config: object) -> None:
        raise UserError("docker: the daemon must answer")

    monkeypatch.setattr(unchanged, "client", silent)
    deployed(opened)
    assert not since_last_up(opened)


def test_a_damaged_file_of_the_last_deployment_is_no_deployment(opened: Opened, running: dict[str, Any]) -> None:
    for damaged in ("", "[]", "{", '{"services": {"a": "1"}}'):
        seen_file(opened).parent.mkdir(parents=True, exist_ok=True)
        seen_file(opened).write_text(damaged)
        assert not since_last_up(opened)


@pytest.fixture
def commands(opened: Opened, running: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the commands do, in order, with an engine that has nothing to do."""
    did: list[str] = []

    def run(title: str, opened: Opened, arguments: list[str], *, planning: bool = False, same: bool) -> Progress:
        did.append(" ".join(arguments))
        return Progress(title, None, planning=planning)

    def noting(what: str) -> Callable[..., None]:
        def note(*_: object) -> None:
            did.append(what)

        return note

    def open_it(*_: object) -> Opened:
        return opened

    monkeypatch.setattr(command, "find_project", lambda: opened.project)
    monkeypatch.setattr(command, "open_stack", open_it)
    monkeypatch.setattr(preflight, "check", noting("checked"))
    monkeypatch.setattr("archkit.stack.guarded.refuse_shrinking", noting("guarded"))
    monkeypatch.setattr("archkit.backup.archiving.settle", noting("settled"))
    monkeypatch.setattr(operations, "_run", run)
    return did


@pytest.mark.parametrize(
    ("run", "engine", "first"),
    [
        (command.up, "up --yes --skip-preview --parallel 48", ["checked", "guarded", "{engine}", "settled"]),
        (command.preview, "preview", ["checked", "{engine}"]),
    ],
)
def test_a_changed_stack_is_checked_and_an_unchanged_one_is_not_again(
    commands: list[str], opened: Opened, run: Callable[[str], None], engine: str, first: list[str]
) -> None:
    run(opened.name)
    assert commands == [one.format(engine=engine) for one in first]

    deployed(opened)
    commands.clear()
    run(opened.name)
    assert commands == [f"{engine} --refresh=false"]

    (opened.project.root / "components/part.py").write_text("PART = 2\n")
    commands.clear()
    run(opened.name)
    assert commands[0] == "checked"


def test_an_up_leaves_what_the_next_one_compares_with(commands: list[str], opened: Opened) -> None:
    command.up(opened.name)
    assert since_last_up(opened)


def test_starting_the_command_loads_no_design() -> None:
    code = "import sys, archkit.cli.up; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "archkit.stack.operations" in loaded
    assert loaded & {"stacks.program", "pulumi_docker", "pulumi_aws", "pydantic", "archkit.recorder", "boto3"} == set()
