"""For students: what they expect of a failure, before it happens."""

from __future__ import annotations

import typer

from archkit import console
from archkit.drills.report import Prediction
from archkit.drills.scenario import Scenario
from archkit.errors import UserError

_FIELDS = ("failed", "gap", "lost")


def ask(scenario: Scenario) -> Prediction:
    """Asks on the terminal what will happen."""
    console.out.print(f"{scenario.title}. What will its clients see?", markup=False)
    return _made(
        scenario,
        failed=typer.prompt("  how many requests fail", type=int, default=0),
        gap=typer.prompt("  longest time without an answer, in seconds", type=float, default=0.0),
        lost=typer.prompt("  acknowledged writes that are lost", type=int, default=0),
    )


def parse_prediction(text: str, scenario: Scenario) -> Prediction:
    """The prediction that a text holds: `failed=0,gap=1.5,lost=0`; what is left out is 0.

    Raises:
        UserError: A part that is no `name=number`.

    """
    values: dict[str, float] = dict.fromkeys(_FIELDS, 0.0)
    for part in text.split(","):
        name, _, value = part.strip().partition("=")
        try:
            known = name in values
            values[name] = float(value)
        except ValueError:
            known = False
        if not known:
            wanted = ", ".join(_FIELDS)
            message = f"--predict: must be name=number of {wanted}, got {part.strip()!r}; such as failed=0,gap=1.5"
            raise UserError(message)
    return _made(scenario, failed=int(values["failed"]), gap=values["gap"], lost=int(values["lost"]))


def _made(scenario: Scenario, *, failed: int, gap: float, lost: int) -> Prediction:
    return Prediction(failed=failed, gap_seconds=gap, lost=lost, reason=scenario.reason, setting=scenario.setting)
