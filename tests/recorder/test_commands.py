"""`archkit graph` and `archkit check`."""

import json

import pulumi_aws as aws
import pytest
import typer
from typer.testing import CliRunner

import archkit.cli.check
import archkit.cli.graph
from archkit.errors import UserError
from archkit.graph import Graph
from archkit.policies import all_policies
from archkit.recorder import record


@pytest.fixture
def run():
    app = typer.Typer()
    archkit.cli.check.register(app)
    archkit.cli.graph.register(app)

    def call(*words):
        result = CliRunner().invoke(app, words)
        return result.exit_code, result.stdout, result.exception

    return call


@pytest.fixture
def flawed(monkeypatch):
    graph = record(lambda: aws.cloudwatch.LogGroup("log"), stack="web-aws")
    monkeypatch.setattr("archkit.cli.check.record_stack", lambda stack: graph)


def test_graph_shows_the_tree_with_the_lines_of_the_design(run):
    code, out, _ = run("graph", "web-local")
    assert code == 0
    assert "web-local" in out
    assert "archkit:local:Service stacks/web.py:" in out


def test_graph_writes_a_file_that_can_be_read_back(run, tmp_path):
    file = tmp_path / "graph.json"
    assert run("graph", "web-local", "--output", str(file))[0] == 0
    written = Graph.from_json(file.read_text())
    assert written.stack == "web-local"
    assert json.loads(run("graph", "web-local", "--json")[1])["sha256"] == written.hash


def test_an_unknown_stack_and_an_unwritable_file_are_told(run, tmp_path):
    assert "did you mean 'web-local'" in str(run("graph", "web-loca")[2])
    error = run("graph", "web-local", "--output", str(tmp_path))[2]
    assert isinstance(error, UserError)
    assert "--output: must be a file that can be written" in str(error)


@pytest.mark.parametrize("stack", ["web-local", "web-aws"])
def test_the_designs_that_ship_keep_all_policies(run, stack):
    code, out, error = run("check", stack)
    assert code == 0, error
    assert f"keep all {len(all_policies())} policies" in out


@pytest.mark.usefixtures("flawed")
def test_check_tells_each_problem_with_its_line_and_remedy(run):
    code, _, error = run("check", "web-aws")
    assert code == 1
    assert isinstance(error, UserError)
    (problem,) = error.problems
    assert problem.startswith("tests/recorder/test_commands.py:")
    assert problem.endswith("set retention_in_days (aws-logs-retention)")
    code, out, _ = run("check", "web-aws", "--json")
    assert code == 1
    assert json.loads(out)["findings"][0]["policy"] == "aws-logs-retention"
    assert run("check", "web-aws", "--accept", "aws-logs-retention")[0] == 0


def test_check_lists_its_policies_with_their_sources(run):
    code, out, _ = run("check", "--list")
    assert code == 0
    assert all(one.id in out and one.source in out for one in all_policies())
    assert len(json.loads(run("check", "--list", "--json")[1])) == len(all_policies())


def test_check_without_a_stack_says_what_it_needs(run):
    assert "stack: must be <design>-<target>" in str(run("check")[2])
