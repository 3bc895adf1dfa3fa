"""A program is told whether anything of its stack runs yet."""

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from archkit.stack import engine_run, operations, volumes
from components.deployment import FIRST_DEPLOYMENT


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the program finds in its environment, for a stack that has these."""

    def given(target: str, *, service: str = "", volume: str = "", same: bool = False) -> str | None:
        opened: Any = SimpleNamespace(
            name="api-local",
            target=target,
            config={},
            environment={},
            engine=SimpleNamespace(executable="pulumi"),
            project=SimpleNamespace(root="."),
        )
        seen: list[str | None] = []

        def run(*_: object, **__: object) -> None:
            seen.append(os.environ.get(FIRST_DEPLOYMENT))

        def found(name: str) -> Callable[[str, str], list[str]]:
            """Of two daemons the second one alone has it."""
            return lambda daemon, stack: [name] if (daemon, stack) == ("b", "api-local") and name else []

        def clients(_: object) -> list[str]:
            return ["a", "b"]

        monkeypatch.setattr(engine_run, "run", run)
        monkeypatch.setattr(operations, "clients", clients)
        monkeypatch.setattr(operations, "services", found(service))
        monkeypatch.setattr(volumes, "volumes", found(volume))
        monkeypatch.setattr(operations, "_refresh", lambda *_, **__: list[str]())
        operations.preview(opened, same=same)
        assert FIRST_DEPLOYMENT not in os.environ, "the next run of this process is another one"
        (told,) = seen
        return told

    return given


def test_only_a_local_stack_of_which_nothing_is_there_is_told_that_it_is_the_first(told: Any) -> None:
    assert told("local") == "1"
    assert told("local", service="api-local-edge") is None
    assert told("aws") is None


def test_one_whose_data_are_there_is_not_the_first(told: Any) -> None:
    """Restored into the first member's volume, say: all members at once, and an empty one could begin to lead."""
    assert told("local", volume="api-local-database-member-1") is None


def test_where_nothing_changed_the_order_of_the_first_deployment_stays(told: Any) -> None:
    """A removal follows the last run's order: in turn it takes twice as long."""
    assert told("local", service="api-local-edge", same=True) == "1"
