"""`archkit diagram`: what a person sees, and what happens to bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from archkit.cli import diagram
from archkit.errors import UserError
from archkit.graph import Graph

CLI = CliRunner()


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    diagram.register(app)
    return app


def _run(app: typer.Typer, *arguments: str | Path) -> tuple[int, str]:
    done = CLI.invoke(app, [str(one) for one in arguments])
    if isinstance(done.exception, UserError):
        return int(done.exception.exit_code), str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


@pytest.fixture
def saved(tmp_path: Path, graph_of: Callable[[str], Graph]) -> Path:
    path = tmp_path / "graph.json"
    path.write_text(graph_of("three_tier").to_json())
    return path


def test_a_saved_graph_is_drawn_in_every_format(app: typer.Typer, saved: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, text = _run(app, "--graph", saved, "--output", out, "--format", "svg,png,html,mermaid,drawio,json")
    assert code == 0, text
    names = {path.name for path in out.iterdir()}
    assert {"deployment.svg", "deployment-dark.png", "index.html", "architecture.mmd", "architecture.drawio"} <= names
    assert (out / "deployment.png").read_bytes().startswith(b"\x89PNG")


def test_the_check_tells_added_and_removed_parts_and_writes_nothing(
    app: typer.Typer, saved: Path, tmp_path: Path, graph_of: Callable[[str], Graph]
) -> None:
    out = tmp_path / "out"
    _run(app, "--graph", saved, "--output", out)
    assert _run(app, "--graph", saved, "--output", out, "--check")[0] == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    whole = graph_of("three_tier")
    fewer = Graph(
        project=whole.project,
        stack=whole.stack,
        resources=tuple(one for one in whole.resources if not one.type.startswith("aws:elasticache")),
    )
    saved.write_text(fewer.to_json())
    code, text = _run(app, "--graph", saved, "--output", out, "--check")
    assert code == 1, "a stale picture must fail the check"
    assert "- node" in text, "who reads the check must see what changed"
    assert "data-cache" in text, "who reads the check must see what changed"
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_check_without_graphviz_says_what_it_did_not_check(
    app: typer.Typer, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(app, "--graph", saved, "--output", tmp_path / "out")
    monkeypatch.setenv("PATH", "/nonexistent")
    code, text = _run(app, "--graph", saved, "--output", tmp_path / "out", "--check")
    assert code == 0, text
    assert "logical.svg was NOT checked" in text, "a check that skips in silence is believed"


def test_a_change_is_coloured(app: typer.Typer, saved: Path, tmp_path: Path, graph_of: Callable[[str], Graph]) -> None:
    whole = graph_of("three_tier")
    base = tmp_path / "base.json"
    resources = tuple(one for one in whole.resources if not one.type.startswith("aws:elasticache"))
    base.write_text(Graph(project=whole.project, stack=whole.stack, resources=resources).to_json())
    code, text = _run(app, "--graph", saved, "--diff", base, "--output", tmp_path / "out")
    assert code == 0, text
    assert "+ node" in text
    picture = (tmp_path / "out" / "deployment.svg").read_text()
    assert 'class="card-open c-create"' in picture or 'class="card c-create"' in picture
    assert "added" in picture, "colours need a legend"


def test_json_says_what_was_done(
    app: typer.Typer, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    diagram.diagram(
        graph=saved, output=tmp_path / "out", formats="svg", views="context", as_json=True,
        stack=None, every=False, preview=None, export=None, check=False, base=None, with_lint=True, strict=False,
    )  # fmt: skip
    document = json.loads(capsys.readouterr().out)[0]
    assert document["files"] == ["context.svg"]
    assert sum(document["counts"].values()) == document["resources"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["web-aws", "--format", "gif"], "--format: must be some of svg, png"),
        (["web-aws", "--view", "pretty"], "--view: must be some of context"),
        (["web-aws", "--all"], "must draw one thing"),
        (["wb-aws"], "stack: must be <design>-<target>"),
        (["--graph", "/nonexistent.json", "--output", "/tmp/never"], "cannot be read"),
    ],
)
def test_bad_input_gets_one_clear_message(app: typer.Typer, arguments: list[str], words: str) -> None:
    code, text = _run(app, *arguments)
    assert code == 1
    assert words in text


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_truncated_graph_leaves_the_old_pictures_alone(
    app: typer.Typer, saved: Path, tmp_path: Path, cut: float
) -> None:
    out = tmp_path / "out"
    _run(app, "--graph", saved, "--output", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    text = saved.read_text()
    saved.write_text(text[: int(len(text) * cut)])
    assert _run(app, "--graph", saved, "--output", out)[0] == 1
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_program_that_raises_is_told_with_its_own_line(
    app: typer.Typer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from archkit.pictures import sources  # noqa: PLC0415 - what is patched is named here

    def broken(_: object) -> Callable[[], None]:
        def run() -> None:
            message = "no such thing"
            raise KeyError(message)

        return run

    monkeypatch.setattr(sources, "program", broken)
    code, text = _run(app, "web-local", "--output", tmp_path / "out")
    assert code == 1
    assert "test_command.py:" in text
    assert "KeyError" in text
    assert "no such thing" in text
    assert not (tmp_path / "out").exists(), "nothing may be drawn of a program that failed"


def test_strict_lint_ends_with_1_where_there_is_a_finding(app: typer.Typer, saved: Path, tmp_path: Path) -> None:
    code, text = _run(app, "--graph", saved, "--output", tmp_path / "out", "--lint", "--strict")
    findings = [line for line in text.splitlines() if line.endswith("]")]
    assert (code == 1) == bool(findings)


def test_the_checked_in_pictures_show_the_designs(app: typer.Typer) -> None:
    code, text = _run(app, "--check")
    assert code == 0, f"draw them again with `make diagrams`:\n{text}"
