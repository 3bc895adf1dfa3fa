"""`archkit status`: what it shows, and that it goes on where nobody answers for a moment."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docker.errors import DockerException

from archkit.cli import main as cli
from archkit.cli import status as command
from archkit.stack.running import Task

TASK = Task(
    component="web",
    role="replica",
    slot="1",
    zone="a",
    state="running",
    health="healthy",
    image="archkit/web:0f3a@sha256:abc",
    since=datetime.now(UTC),
    problem="",
    container="c1",
)
Looks = list[list[Task] | Exception]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    """The command's exit code, stdout and stderr where the swarm is looked at so many times, then Ctrl-C."""
    (tmp_path / "Pulumi.yaml").write_text("name: archkit\n")
    config = tmp_path / "stacks" / "config"
    config.mkdir(parents=True)
    for target in ("local", "aws"):
        (config / f"web-{target}.yaml").write_text(f"config:\n  archkit:target: {target}\n")
    monkeypatch.chdir(tmp_path)

    def call(looks: Looks, *arguments: str) -> tuple[int, str, str]:
        left = list(looks)

        def look(daemons: object, stack: str) -> list[Task]:
            seen = left.pop(0)
            if isinstance(seen, Exception):
                raise seen
            return seen

        def sleep(_: float) -> None:
            if not left:
                raise KeyboardInterrupt

        monkeypatch.setattr(command, "clients", lambda config: [])
        monkeypatch.setattr(command, "tasks", look)
        monkeypatch.setattr(command.time, "sleep", sleep)
        monkeypatch.setattr(sys, "argv", ["archkit", "status", *arguments])
        monkeypatch.setattr(cli, "app", cli.typer.Typer())
        cli.app.callback()(cli._group)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


def test_it_shows_zone_role_health_version_and_for_how_long(run) -> None:
    young = replace(TASK, since=datetime.now(UTC))
    code, out, _ = run([[young, replace(young, slot="2", zone="b", health="unhealthy")]], "web-local")

    first, second = [line.split() for line in out.splitlines()[1:]]
    assert code == 0
    assert first[:7] == ["web", "replica", "1", "a", "running", "healthy", "web:0f3a"]
    assert first[8] == "s", "seconds ago"
    assert second[3:6] == ["b", "running", "unhealthy"]


def test_it_follows_and_goes_on_where_nobody_answers_for_a_moment(run) -> None:
    gone = DockerException("the swarm does not have a leader")
    code, out, _ = run([[TASK], gone, [replace(TASK, zone="c")]], "web-local", "--watch")

    assert code == 130, "it ends with Ctrl-C alone"
    assert " c " in out, "the last look is shown"


def test_a_daemon_that_does_not_answer_is_said_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_: object) -> list[object]:
        raise DockerException("no route")

    monkeypatch.setattr(command, "clients", silent)

    assert str(command._look({}, "web-local")) == "no answer at the moment: no route"


def test_a_stack_that_is_not_deployed_and_one_on_aws_are_refused(run) -> None:
    code, _, err = run([[]], "web-local")
    assert (code, "stack: 'web-local' is not deployed" in err) == (1, True)
    code, _, err = run([[]], "web-aws")
    assert (code, "status: is for local stacks, got 'web-aws' on aws" in err) == (1, True)
