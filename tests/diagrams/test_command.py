"""`archkit diagram`: what a person sees, and what happens to bad input."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pulumi_aws as aws
import pytest
from topology.readers import Reading

from archkit.cli import diagram
from archkit.graph import Graph
from archkit.pictures.sources import Source
from archkit.recorder import record

Run = Callable[..., tuple[int, str]]


def test_a_saved_graph_is_drawn_in_every_format(run: Run, saved: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, text = run("--graph", saved, "--output", out, "--format", "svg,png,html,mermaid,drawio,json")
    assert code == 0, text
    names = {path.name for path in out.iterdir()}
    assert {"deployment.svg", "deployment-dark.png", "index.html", "architecture.mmd", "architecture.drawio"} <= names
    assert (out / "deployment.png").read_bytes().startswith(b"\x89PNG")


def test_the_check_tells_added_and_removed_parts_and_writes_nothing(
    run: Run, saved: Path, tmp_path: Path, graph_of: Callable[[str], Graph]
) -> None:
    out = tmp_path / "out"
    run("--graph", saved, "--output", out)
    assert run("--graph", saved, "--output", out, "--check")[0] == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    whole = graph_of("three_tier")
    fewer = Graph(
        project=whole.project,
        stack=whole.stack,
        resources=tuple(one for one in whole.resources if not one.type.startswith("aws:elasticache")),
    )
    saved.write_text(fewer.to_json())
    code, text = run("--graph", saved, "--output", out, "--check")
    assert code == 1, "a stale picture must fail the check"
    assert "- node" in text, "who reads the check must see what changed"
    assert "data-cache" in text, "who reads the check must see what changed"
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_check_without_graphviz_says_what_it_did_not_check(
    run: Run, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("--graph", saved, "--output", tmp_path / "out")
    monkeypatch.setenv("PATH", "/nonexistent")
    code, text = run("--graph", saved, "--output", tmp_path / "out", "--check")
    assert code == 0, text
    assert "logical.svg was NOT checked" in text, "a check that skips in silence is believed"


def test_json_says_what_was_done(run: Run, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
def test_bad_input_gets_one_clear_message(run: Run, arguments: list[str], words: str) -> None:
    code, text = run(*arguments)
    assert code == 1
    assert words in text


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_truncated_graph_leaves_the_old_pictures_alone(run: Run, saved: Path, tmp_path: Path, cut: float) -> None:
    out = tmp_path / "out"
    run("--graph", saved, "--output", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    text = saved.read_text()
    saved.write_text(text[: int(len(text) * cut)])
    assert run("--graph", saved, "--output", out)[0] == 1
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def _questionable() -> None:
    """Every question of the lint is asked of it."""
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    closed = aws.ec2.Subnet("closed", vpc_id=vpc.id, cidr_block="10.0.0.0/24", availability_zone="eu-west-1a")
    rule = aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=22, to_port=22, cidr_blocks=["0.0.0.0/0"])
    group = aws.ec2.SecurityGroup("open", vpc_id=vpc.id, ingress=[rule])
    aws.ec2.Instance("server", ami="ami-1", subnet_id=closed.id, vpc_security_group_ids=[group.id])
    aws.lb.LoadBalancer("edge")
    aws.s3.Bucket("forgotten")


def test_strict_lint_tells_each_question_with_resource_line_and_reason_and_ends_with_1(
    run: Run, saved: Path, tmp_path: Path
) -> None:
    sound, text = run("--graph", saved, "--output", tmp_path / "out", "--lint", "--strict")
    assert sound == 0, f"a sound design must pass: {text}"
    saved.write_text(record(_questionable).to_json())
    assert run("--graph", saved, "--output", tmp_path / "out", "--lint")[0] == 0, "it is asked, not demanded"
    code, text = run("--graph", saved, "--output", tmp_path / "out", "--strict")
    assert code == 1
    first = _questionable.__code__.co_firstlineno
    last = first + len(inspect.getsource(_questionable).splitlines())
    found: dict[str, str] = {}
    for match in re.finditer(r"test_command\.py:(\d+): (.+?): (.+?); (.+?) \[([a-z-]+)\]", " ".join(text.split())):
        assert first < int(match[1]) < last, match[0]
        found[match[5]] = match[2]
    assert found == {
        "no-route-out": "closed 10.0.0.0/24",
        "no-targets": "edge",
        "unused-bucket": "forgotten",
        "open-to-the-world": "security group rule open",
        "single-zone": "private tier of VPC vpc 10.0.0.0/16",
    }


@pytest.mark.parametrize(
    ("option", "name", "mark"),
    [("--preview", "preview-show-sames", ' c-replace"'), ("--export", "export", 'class="card')],
)
def test_a_preview_and_an_exported_stack_are_drawn(run: Run, tmp_path: Path, option: str, name: str, mark: str) -> None:
    file = Path(__file__).parent / "readers" / "data" / f"{name}.json"
    code, text = run(option, file, "--output", tmp_path / "out")
    assert code == 0, text
    picture = (tmp_path / "out" / "deployment.svg").read_text()
    assert mark in picture
    assert (' c-delete"' in picture) == (option == "--preview"), "what will be deleted is shown in its colour"


def test_a_check_against_a_graph_that_was_cut_off_says_so(run: Run, saved: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("--graph", saved, "--output", out)
    (out / "graph.json").write_text(saved.read_text()[:400])
    code, text = run("--graph", saved, "--output", out, "--check")
    assert code == 1
    assert "graph.json: must be JSON" in text
    assert "make diagrams" in text


def test_the_name_of_a_stack_leads_to_no_other_folder(saved: Path) -> None:
    graph = Graph.from_json(saved.read_text())
    for stack, name in (("../../etc", "etc"), ("<b>", "b"), ("/", "graph"), ("shop-dev", "shop-dev")):
        assert Source.of(Reading(graph=replace(graph, stack=stack))).name == name


def test_the_checked_in_pictures_show_the_designs(run: Run) -> None:
    code, text = run("--check")
    assert code == 0, f"draw them again with `make diagrams`:\n{text}"
