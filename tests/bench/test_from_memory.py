"""Removing a stack of a measurement on a busy machine."""

from typing import Any

import pytest
from pulumi import automation

from archkit.bench.from_memory import destroyed

SLOW = "error on wait for container with ID 'd2104824': context deadline exceeded: provider=docker@5.2.0"


class Stack:
    """Its removals, each of which ends as it is given."""

    def __init__(self, *ends: str) -> None:
        self.left = list(ends)

    def destroy(self, **options: Any) -> None:
        if said := self.left.pop(0):
            raise automation.CommandError(automation.CommandResult(stdout=said, stderr="", code=255))


def test_containers_that_are_slow_to_go_are_removed_by_a_second_run() -> None:
    stack = Stack(SLOW, "")
    destroyed(stack)  # type: ignore[arg-type]

    assert stack.left == []


@pytest.mark.parametrize("ends", [(SLOW, SLOW), ("the daemon must answer", "")])
def test_what_fails_twice_or_for_another_reason_is_told(ends: tuple[str, str]) -> None:
    with pytest.raises(automation.CommandError):
        destroyed(Stack(*ends))  # type: ignore[arg-type]
