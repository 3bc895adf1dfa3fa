"""`archkit drill` on a stack without Docker: what it refuses, lists, prints and ends with."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from chaoslib.experiment import ensure_experiment_is_valid

from archkit.cli import drill as command
from archkit.cli import main as cli
from archkit.drills import runner
from archkit.drills.deployed import Deployed, deployed
from archkit.drills.journal import Journal
from archkit.drills.lock import drill_lock
from archkit.drills.report import from_json, run_of
from archkit.drills.runner import held
from archkit.drills.scenarios import requirements
from archkit.errors import UserError
from archkit.stack.project import Project


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, web) -> Path:
    """A project in which web-local is deployed, and its state."""
    (tmp_path / "Pulumi.yaml").write_text("name: archkit\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(command, "deployed", lambda project, stack: web)
    monkeypatch.setattr(requirements.os, "geteuid", lambda: 0)
    return tmp_path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """The command's exit code, stdout and stderr, as a shell sees them."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["archkit", "drill", *arguments])
        monkeypatch.setattr(cli, "app", cli.typer.Typer())
        cli.app.callback()(cli._group)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch, make_result) -> dict[str, int | Exception]:
    """How many requests fail in each scenario, or why it is stopped; instead of breaking anything."""
    given: dict[str, int | Exception] = {}

    def run(scenario, deployed, options, number):
        outcome = given.get(scenario.name, 0)
        if isinstance(outcome, BaseException):
            raise outcome
        return run_of(*make_result(outcome)), "GET /"

    monkeypatch.setattr(runner, "_run", run)
    monkeypatch.setattr(runner, "wait_until_complete", lambda deployed, *, seconds: None)
    return given


def test_without_a_scenario_those_that_fit_are_listed_and_nothing_is_run(run) -> None:
    code, out, _ = run("web-local", "--json")

    listed = {one["name"]: one for one in json.loads(out)}
    assert code == 0
    assert listed["replica-killed"]["fits"]
    assert "needs three zones" in listed["zone-killed"]["missing"]
    code, out, _ = run("web-local")
    assert "run one: archkit drill web-local replica-killed" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["replica-kiled"], "scenario: must be one of replica-killed, "),
        (["replica-kiled"], "got 'replica-kiled'; did you mean 'replica-killed'?"),
        (["zone-killed"], "scenario zone-killed: does not fit web-local; it needs three zones"),
        (["replica-killed", "--all"], "--all: must stand alone, got scenario 'replica-killed' as well"),
        (["--export", "x.json"], "--export: must be given one scenario, got none"),
        (["--explain"], "--explain, --predict: must be given a scenario, got none"),
        (["replica-killed", "--predict", "faild=0"], "--predict: must be name=number of failed, gap, lost, got 'fail"),
        (["replica-killed", "--predict", "failed=-1"], "prediction/failed: must be 0 or more, got -1"),
        (["replica-killed", "--explain"], "--explain: asks questions, but standard input is no terminal"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_1(run, arguments: list[str], told: str) -> None:
    code, out, err = run("web-local", *arguments)

    assert (code, out) == (1, "")
    assert told in err.replace("\n", " ")


def test_objectives_that_held_end_with_0_and_the_report_is_written(run, outcomes, project: Path) -> None:
    code, out, err = run("web-local", "replica-killed", "--repeat", "2")

    assert code == 0
    assert "replica-killed: Objectives held: not one of" in out
    assert "(2 of 2)" in err, "progress goes to stderr"
    folder = project / ".archkit" / "drills" / "web-local" / "replica-killed"
    assert len(from_json((folder / "report.json").read_bytes()).runs) == 2
    assert {path.name for path in folder.iterdir()} == {"report.json", "report.md", "report.html"}


def test_a_missed_objective_ends_with_1_and_says_which(run, outcomes) -> None:
    outcomes["replica-killed"] = 5
    code, out, _ = run("web-local", "replica-killed")

    assert code == 1
    assert "Missed: error rate 5 %, promised 0.1 %" in out


def test_a_run_that_proves_nothing_ends_with_1_and_says_why(run, monkeypatch, outcomes, make_result) -> None:
    slow = run_of(*make_result(0, lag=0.2))
    monkeypatch.setattr(runner, "_run", lambda *_: (slow, "GET /"))
    code, out, _ = run("web-local", "replica-killed")

    assert code == 1
    assert "This run proves nothing" in out
    assert "load/rate: must be what this machine can send, got 10 per second; 10 per second were begun" in out
    assert slow.measures.latency is None, "a late generator's latencies are its own"


def test_a_scenario_that_is_stopped_does_not_stop_the_others(run, outcomes) -> None:
    outcomes["replica-stopped"] = UserError("drill/steady state: clients must be served")
    code, out, err = run("web-local", "--all", "--json")

    verdicts = {one["scenario"]: one["verdict"] for one in json.loads(out)}
    assert code == 1
    assert verdicts["replica-stopped"] == "stopped"
    assert verdicts["bad-deploy"] == "met", "it comes after the one that was stopped"
    assert "error: replica-stopped: drill/steady state: clients must be served" in err


def test_a_prediction_is_set_beside_the_measurement_with_the_reason_and_the_setting(run, outcomes) -> None:
    _, out, _ = run("web-local", "replica-frozen", "--predict", "failed=50,gap=0.1")

    assert "failed operations: you said 50, it was 0 — otherwise" in out
    assert "why: a frozen replica takes connections and never answers" in out
    assert "decided by: load balancer: `retry-on response-timeout`" in out


def test_ctrl_c_ends_with_130(run, outcomes) -> None:
    outcomes["replica-killed"] = KeyboardInterrupt()

    code, _, _ = run("web-local", "replica-killed")

    assert code == 130


def test_the_collection_is_made_of_all_reports(run, outcomes, project: Path) -> None:
    page = project / "drills.md"
    run("web-local", "replica-killed", "--repeat", "3", "--collect", str(page))
    code, _, _ = run("web-local", "--collect", str(page))

    assert code == 0
    assert "under load | 3 | **met** |" in page.read_text()


def test_an_export_is_an_experiment_that_chaos_toolkit_takes(run, project: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    code, _, _ = run("web-local", "replica-killed", "--export", str(project / "experiment.json"))

    experiment = json.loads((project / "experiment.json").read_text())
    assert code == 0
    ensure_experiment_is_valid(experiment)
    (action,) = experiment["method"]
    assert action["provider"]["arguments"] == ["drill", "web-local", "replica-killed"]


def test_a_stack_under_drill_turns_others_away(run, outcomes) -> None:
    with drill_lock("web-local", doing="archkit drill web-local bad-deploy"):
        code, _, err = run("web-local", "replica-killed")

    assert code == 1
    assert "must not be under drill already, but process" in err
    assert "archkit drill web-local bad-deploy" in err


def test_faults_of_a_drill_that_died_are_healed_first(run, outcomes, support) -> None:
    Journal("web-local").open(support.Harmless())
    code, _, err = run("web-local", "replica-killed")

    assert code == 1
    assert "a drill that died left 1 faults in it (harmless-for-scenarios); `archkit drill web-local --heal`" in err
    code, out, _ = run("web-local", "--heal")
    assert (code, out) == (0, "healed: does no harm\n")
    with held("web-local", doing="test"):
        pass


def test_a_stack_that_was_never_deployed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[3]
    with pytest.raises(UserError, match=r"stack: must be <design>-<target>, got 'wbe-local'.*did you mean 'web-local'"):
        deployed(Project(root=root), "wbe-local")
    with pytest.raises(UserError, match="drill: needs a stack on Docker, got 'web-aws' on aws"):
        deployed(Project(root=root), "web-aws")


def test_one_of_which_nothing_runs_and_one_whose_daemon_is_silent_are_told_apart(web, monkeypatch) -> None:
    from dataclasses import replace  # noqa: PLC0415

    from archkit.drills.deployed import _refuse_absent  # noqa: PLC0415

    nobody = replace(web.population, members=())
    monkeypatch.setattr(type(web), "population", property(lambda self: nobody))
    with pytest.raises(UserError, match="'web-local' must be deployed before it is drilled, but nothing of it runs"):
        _refuse_absent(web)
    silent = replace(nobody, silent=("local: DockerException",))
    monkeypatch.setattr(type(web), "population", property(lambda self: silent))
    with pytest.raises(UserError, match="a Docker daemon must answer, but local: DockerException"):
        _refuse_absent(web)
    monkeypatch.setattr(Deployed, "living_hosts", property(lambda self: ()))
    with pytest.raises(UserError, match="runs in the lab, but none of its zones is on"):
        _refuse_absent(web)
