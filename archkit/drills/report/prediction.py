"""What a student expected before the drill, set beside what happened, with the reason."""

from dataclasses import dataclass

from archkit.drills.report.measures import Measures
from components.errors import refuse

GAP = "longest gap between good answers"


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What is expected of a drill before it is run.

    Args:
        failed: Operations that will fail.
        gap_seconds: Longest time without a good answer.
        lost: Acknowledged writes that will be absent.
        reason: Why it really comes out as it does, from the scenario.
        setting: The setting that decides it: `load_balancer/check_interval`.

    Raises:
        InvalidArgsError: A figure below 0.

    """

    failed: int
    gap_seconds: float
    lost: int = 0
    reason: str = ""
    setting: str = ""

    def __post_init__(self) -> None:
        values = (("failed", self.failed), ("gap_seconds", self.gap_seconds), ("lost", self.lost))
        refuse(
            f"prediction/{name}: must be 0 or more, got {value:g}; fewer than none cannot happen"
            for name, value in values
            if value < 0
        )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One predicted figure beside the measured one.

    Args:
        what: For people: `failed requests`.
        predicted: What was expected.
        measured: What happened; None where it could not be measured.
        right: The order of magnitude was right: within a factor of two, or both next to nothing.

    """

    what: str
    predicted: float
    measured: float | None
    right: bool


def compare(prediction: Prediction, measures: Measures) -> tuple[Comparison, ...]:
    """Each figure of the prediction beside the measurement."""
    pairs = (
        ("failed operations", prediction.failed, measures.failed, 1.0),
        (GAP, prediction.gap_seconds, measures.gap.seconds, 0.1),
        ("lost writes", prediction.lost, measures.lost, 0.0),
    )
    return tuple(
        Comparison(what=what, predicted=predicted, measured=measured, right=_near(predicted, measured, nothing))
        for what, predicted, measured, nothing in pairs
        if measured is not None or predicted
    )


def _near(predicted: float, measured: float | None, nothing: float) -> bool:
    if measured is None:
        return False
    low, high = sorted((predicted, measured))
    return high <= nothing or high == low or (low > 0 and high <= 2 * low)
