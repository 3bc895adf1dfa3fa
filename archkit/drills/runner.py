"""Runs a scenario, once or more, and makes its report."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from archkit.drills.clients import Room
from archkit.drills.deployed import Deployed
from archkit.drills.drill import Drill
from archkit.drills.journal import Journal
from archkit.drills.load import Job, Load, Schedule
from archkit.drills.lock import drill_lock
from archkit.drills.observe import wait_until_complete
from archkit.drills.report import Prediction, Report, Run, machine, previous_of, run_of
from archkit.drills.report.files import JSON_FILE
from archkit.drills.scenario import Scenario
from archkit.drills.statistics import Statistics
from archkit.drills.timeline import Docker, Timeline
from archkit.errors import UserError
from archkit.plain import text

RATE = 300.0
"""Requests per second where nothing else is asked for: enough to see a failure of 0.1 s, little enough for a laptop."""
COMPLETE_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a scenario is run.

    Args:
        rate: Requests per second.
        repeat: How often.
        patience: Multiplies every deadline.
        seed: Decides between equal victims; each repeat adds one.
        force: Harm also who is the only one.
        requests: So many are sent in each run at least: the load goes on after the end of the story until then.

    """

    rate: float = RATE
    repeat: int = 1
    patience: float = 1.0
    seed: int = 0
    force: bool = False
    requests: int = 0


@contextmanager
def held(stack: str, *, doing: str) -> Generator[None]:
    """A stack for this drill alone.

    Args:
        stack: Its name.
        doing: What is done, for whoever is turned away.

    Raises:
        UserError: Another drill holds it, or one that died left faults in it.

    """
    with drill_lock(stack, doing=doing):
        if left := Journal(stack).entries():
            kinds = ", ".join(sorted({text(entry.fault.get("kind")) for entry in left}))
            message = (
                f"stack {stack}: must be whole before it is broken, but a drill that died left {len(left)} faults in "
                f"it ({kinds}); `archkit drill {stack} --heal` undoes them"
            )
            raise UserError(message)
        yield


def run_scenario(
    scenario: Scenario,
    deployed: Deployed,
    options: Options,
    *,
    folder: Path,
    prediction: Prediction | None = None,
    began: Callable[[int], None] = lambda _: None,
) -> Report:
    """The report of one scenario on one stack, which the caller holds (`held`).

    Args:
        scenario: It fits what is deployed.
        deployed: Whom it harms.
        options: How.
        folder: Where the last report of the same scenario is looked for.
        prediction: What a student expects.
        began: Told the number of each run, from 1.

    Raises:
        UserError: The stack is not complete, the steady state did not hold, or the fault could not be made.

    """
    if scenario.destroys and not options.force:
        message = (
            f"--force: must be given for {scenario.name}, which destroys data for good, got none; {scenario.title}"
        )
        raise UserError(message)
    runs: list[Run] = []
    name = ""
    for number in range(options.repeat):
        began(number + 1)
        wait_until_complete(deployed, seconds=COMPLETE_SECONDS * max(1.0, options.patience))
        run, name = _run(scenario, deployed, options, number)
        runs.append(run)
    return Report(
        stack=deployed.stack,
        scenario=scenario.name,
        title=scenario.title,
        workload=name,
        machine=machine(),
        objectives=scenario.promised(deployed),
        runs=tuple(runs),
        prediction=prediction,
        previous=previous_of(folder / JSON_FILE),
    )


def _run(scenario: Scenario, deployed: Deployed, options: Options, number: int) -> tuple[Run, str]:
    """One run, and what its clients did."""
    with ExitStack() as after, TemporaryDirectory() as folder, Timeline() as timeline:
        for host in deployed.living_hosts:
            timeline.watch_docker(cast("Docker", host.client), stack=deployed.stack)
            for component in deployed.components("load_balancer"):
                statistics = Statistics(deployed, component, host)
                after.callback(statistics.close)
                timeline.watch_load_balancer(statistics, who=f"zone {host.zone}: " if host.zone else "")
        scenario.watch(deployed, timeline)
        clients = scenario.clients(deployed, Room(Path(folder), after))
        rate = clients.rate or options.rate
        job = Job(workload=clients.workload, schedule=Schedule.constant(rate), directory=folder)
        with Load(job, name=clients.name, prefix=clients.prefix, drain_seconds=clients.drain_seconds) as load:
            load.start()
            drill = Drill(
                deployed=deployed,
                load=load,
                timeline=timeline,
                journal=Journal(deployed.stack),
                rate=rate,
                patience=options.patience,
                seed=options.seed + number,
                force=options.force,
            )
            scenario.run(drill)
            drill.send_at_least(options.requests)
            result = load.stop()
        run = run_of(result, timeline.events)
        missed = [*drill.missed, *drill.allowance.missed(run.measures), *scenario.judge(result)]
        return replace(run, expectations=tuple(missed), timings=tuple(drill.timings)), clients.name
