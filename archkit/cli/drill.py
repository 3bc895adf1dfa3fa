"""`archkit drill`: breaks a deployed stack on purpose and reports what its clients saw."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from archkit import console
from archkit.drills.deployed import Deployed, deployed
from archkit.drills.explain import ask, parse_prediction
from archkit.drills.export import experiment
from archkit.drills.healing import heal_all
from archkit.drills.report import Prediction, Report, collect_into, read_reports, write_report
from archkit.drills.runner import RATE, Options, held, run_scenario
from archkit.drills.scenario import Scenario
from archkit.drills.scenarios import fitting, scenarios
from archkit.drills.scenarios.zones import LabSwitch
from archkit.drills.telling import document, listed, show
from archkit.errors import UserError
from archkit.lab import Lab, status
from archkit.stack.project import Project, find_project


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(drill)


def drill(
    stack: Annotated[str, typer.Argument(help="A deployed local stack, such as `web-local`.")],
    scenario: Annotated[
        str | None, typer.Argument(help="Which failure; without it, those that fit are listed.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Run every scenario that fits.")] = False,
    repeat: Annotated[int, typer.Option(min=1, help="How often each is run.")] = 1,
    rate: Annotated[float, typer.Option(min=1, help="Requests per second.")] = RATE,
    requests: Annotated[int, typer.Option(min=0, help="Send at least so many in each run.")] = 0,
    patience: Annotated[float, typer.Option(min=0.1, help="Multiplies every deadline, for slow machines.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Decides between equal victims.")] = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Harm also who is the only one, and destroy data where that is the drill.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Ask what will happen before it does.")] = False,
    predict: Annotated[str | None, typer.Option(help="As `--explain`, answered: `failed=0,gap=1.5,lost=0`.")] = None,
    heal: Annotated[bool, typer.Option("--heal", help="Undo what a drill that died left behind.")] = False,
    export: Annotated[Path | None, typer.Option(help="Write the scenario as a Chaos Toolkit experiment.")] = None,
    collect: Annotated[
        Path | None, typer.Option(help="Bring a page of all reports up to date, such as docs/drills.md.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Break a deployed stack on purpose, under load, and report what its clients saw.

    The exit code is 1 when an objective of the design was missed, or when a run proves nothing. Faults are healed
    whatever happens; what a drill that was killed left behind, `--heal` undoes. Reports are in
    `.archkit/drills/<stack>/<scenario>/`.

    Examples:

        archkit drill web-local

        archkit drill web-local replica-killed --repeat 3

        archkit drill web-local --all --rate 500

        archkit drill web-local replica-frozen --explain

        archkit drill web-local replica-frozen --export experiment.json

        archkit drill web-local --heal
    """
    project = find_project()
    if heal:
        _heal(stack)
        return
    if problems := _contradictions(scenario, everything, explain or predict is not None, export):
        raise UserError.of(problems)
    found = deployed(project, stack)
    chosen = _chosen(found, scenario, everything=everything, force=force)
    if export:
        export.write_text(experiment(chosen[0], found))
        console.err.print(f"wrote {export}", markup=False)
        return
    if not chosen and not collect:
        listed(found, scenarios().values(), as_json=as_json)
        return
    predicted = {one.name: parse_prediction(predict, one) for one in chosen} if predict is not None else {}
    if explain and not predicted:
        _needs_terminal()
        predicted = {one.name: ask(one) for one in chosen}
    options = Options(rate=rate, repeat=repeat, patience=patience, seed=seed, force=force, requests=requests)
    reports, stopped = _run_all(project, chosen, found, options, predicted, as_json=as_json)
    if collect:
        collect_into(collect, read_reports(_folder(project, stack).parent))
        console.err.print(f"wrote {collect}", markup=False)
    if as_json:
        console.print_json(document(reports, stopped))
    if stopped or not all(report.passed for report in reports):
        raise typer.Exit(1)


def _contradictions(scenario: str | None, everything: bool, predicting: bool, export: Path | None) -> list[str]:
    problems: list[str] = []
    if everything and scenario:
        problems.append(f"--all: must stand alone, got scenario {scenario!r} as well; it runs every one that fits")
    if export and not scenario:
        problems.append("--export: must be given one scenario, got none; an experiment holds one fault")
    if predicting and not scenario and not everything:
        problems.append("--explain, --predict: must be given a scenario, got none; what is to be predicted?")
    return problems


def _chosen(found: Deployed, name: str | None, *, everything: bool, force: bool) -> list[Scenario]:
    if everything:
        return [one for one in fitting(found).values() if force or not one.destroys]
    if name is None:
        return []
    known = scenarios()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; `archkit drill {found.stack}` tells what each does"
        message = f"scenario: must be one of {', '.join(known)}, got {name!r}{hint}"
        raise UserError(message)
    if missing := known[name].needs(found):
        message = f"scenario {name}: does not fit {found.stack}; it {missing}"
        raise UserError(message)
    return [known[name]]


def _run_all(
    project: Project,
    chosen: list[Scenario],
    found: Deployed,
    options: Options,
    predicted: dict[str, Prediction],
    *,
    as_json: bool,
) -> tuple[list[Report], dict[str, UserError]]:
    """The reports, and why others were stopped; where only one is run, that is raised."""
    reports: list[Report] = []
    stopped: dict[str, UserError] = {}
    with held(found.stack, doing=f"archkit drill {found.stack} {' '.join(one.name for one in chosen)}"):
        for scenario in chosen:
            try:
                report = _run(project, scenario, found, options, predicted.get(scenario.name))
            except UserError as error:
                if len(chosen) == 1:
                    raise
                stopped[scenario.name] = error
                for problem in error.problems:
                    console.err.print(f"error: {scenario.name}: {problem}", markup=False)
                continue
            reports.append(report)
            if not as_json:
                show(report, _folder(project, found.stack) / scenario.name / "report.html", project.root)
    return reports, stopped


def _run(
    project: Project, scenario: Scenario, found: Deployed, options: Options, prediction: Prediction | None
) -> Report:
    folder = _folder(project, found.stack) / scenario.name

    def began(number: int) -> None:
        of = f" ({number} of {options.repeat})" if options.repeat > 1 else ""
        console.err.print(f"… {scenario.name}{of}: {scenario.title}", markup=False)

    report = run_scenario(scenario, found, options, folder=folder, prediction=prediction, began=began)
    write_report(report, folder)
    return report


def _needs_terminal() -> None:
    if not sys.stdin.isatty():
        message = "--explain: asks questions, but standard input is no terminal; answer with --predict failed=0,gap=1.5"
        raise UserError(message)


def _heal(stack: str) -> None:
    lab = Lab()
    healed = heal_all(stack, switch=LabSwitch(lab) if status(lab) else None)
    for one in healed:
        told = f"not healed: {one.what}; {one.problem}" if one.problem else f"healed: {one.what}"
        console.out.print(told, markup=False)
    if any(one.problem for one in healed):
        raise typer.Exit(1)
    if not healed:
        console.out.print(f"nothing to heal: no drill of {stack} left anything behind", markup=False)


def _folder(project: Project, stack: str) -> Path:
    return project.private / "drills" / stack
