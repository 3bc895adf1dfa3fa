"""A scenario as a Chaos Toolkit experiment."""

from __future__ import annotations

from archkit.drills.deployed import Deployed
from archkit.drills.report import ScenarioDescription, to_experiment_json
from archkit.drills.scenario import Scenario

HOLD_SECONDS = 1.0


def experiment(scenario: Scenario, deployed: Deployed) -> str:
    """The experiment's JSON: its action runs the drill, its rollback heals whatever that left.

    The drill's own exit code is the action's: an objective that is missed fails the experiment.
    """
    host, port = scenario.addresses(deployed)[0]
    return to_experiment_json(
        ScenarioDescription(
            stack=deployed.stack,
            scenario=scenario.name,
            title=scenario.title,
            description=f"{scenario.reason}. Decided by: {scenario.setting}",
            steady_state_url=f"http://{host}:{port}/",
            inject=("archkit", "drill", deployed.stack, scenario.name),
            heal=("archkit", "drill", deployed.stack, "--heal"),
            hold_seconds=HOLD_SECONDS,
        )
    )
