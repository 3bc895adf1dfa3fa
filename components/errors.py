"""How the kit speaks of a caller's mistake."""

from collections.abc import Iterable


class InvalidArgsError(ValueError):
    """One or more problems with what a caller asked for.

    Args:
        problems: One line each: `path: rule, got value; reason`.

    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def refuse(problems: Iterable[str | None]) -> None:
    """Raises `InvalidArgsError` with every problem that is there; none, and it returns."""
    found = [problem for problem in problems if problem]
    if found:
        raise InvalidArgsError(found)


def out_of_range(path: str, value: float, low: float, high: float, reason: str) -> str | None:
    """The problem with a value outside `low` to `high`, both included; None where there is none."""
    if low <= value <= high:
        return None
    return f"{path}: must be {low} to {high}, got {value}; {reason}"


def unless(holds: object, problem: str) -> str | None:
    """The problem, unless the condition holds."""
    return None if holds else problem


def unsupported(target: str, capability: str, name: str, field: str, reason: str) -> str:
    """The problem with asking a target for what it cannot do; the same facts stand in the fidelity table."""
    return f"{capability}/{name}/{field}: not available on {target}; {reason}"
