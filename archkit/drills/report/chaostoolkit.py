"""A drill as a Chaos Toolkit experiment: the open format's JSON, which `chaos run` takes.

Structure after the "Experiment" reference of the Chaos Toolkit's documentation (version 1.0.0 of the format):
`steady-state-hypothesis` with probes that have a tolerance, `method` with activities, `rollbacks`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FORMAT_VERSION = "1.0.0"
# An experiment cannot say so itself: the strategy is the command's or the settings file's, and by default Chaos Toolkit
# leaves the fault in place where the steady state did not hold afterwards.
ROLLBACK_ADVICE = "Run it with `chaos run --rollback-strategy always`."


@dataclass(frozen=True, kw_only=True)
class ScenarioDescription:
    """What an export needs to know of a scenario.

    Args:
        stack: `web-local`.
        scenario: `replica-killed`.
        title: A sentence.
        description: What clients may see, and why.
        steady_state_url: Answers 200 while the system is well; asked before and after.
        inject: Command that injects the fault: `("archkit", "fault", "kill", ...)`; its first word is the program.
        heal: Command that heals it.
        hold_seconds: How long the fault lasts.
        request_timeout_seconds: How long the probe waits for an answer.
        tags: For finding it again.

    """

    stack: str
    scenario: str
    title: str
    description: str
    steady_state_url: str
    inject: Sequence[str]
    heal: Sequence[str]
    hold_seconds: float
    request_timeout_seconds: float = 5.0
    tags: Sequence[str] = ()


def to_experiment(scenario: ScenarioDescription) -> dict[str, Any]:
    """The experiment, as plain data."""
    return {
        "version": FORMAT_VERSION,
        "title": scenario.title,
        "description": f"{scenario.description} {ROLLBACK_ADVICE}".strip(),
        "tags": ["archkit", scenario.stack, scenario.scenario, *scenario.tags],
        "steady-state-hypothesis": {
            "title": f"{scenario.stack} answers",
            "probes": [
                {
                    "type": "probe",
                    "name": "the-design-answers",
                    "tolerance": 200,
                    "provider": {
                        "type": "http",
                        "url": scenario.steady_state_url,
                        "timeout": scenario.request_timeout_seconds,
                    },
                }
            ],
        },
        "method": [{**_command("inject-the-fault", scenario.inject), "pauses": {"after": scenario.hold_seconds}}],
        "rollbacks": [_command("heal-the-fault", scenario.heal)],
    }


def to_experiment_json(scenario: ScenarioDescription) -> str:
    """`experiment.json`."""
    return json.dumps(to_experiment(scenario), indent=2, ensure_ascii=False) + "\n"


def _command(name: str, command: Sequence[str]) -> dict[str, Any]:
    program, *arguments = command
    return {
        "type": "action",
        "name": name,
        "provider": {"type": "process", "path": program, "arguments": arguments},
    }
