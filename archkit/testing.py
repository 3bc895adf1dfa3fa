"""A pytest plugin: tests of Pulumi programs that cannot pass by registering nothing.

Installed with archkit, so that a test asks for its fixtures and nothing else:

    def test_the_bucket_is_encrypted(record):
        graph = record(my_program)
        assert_feeds(graph.named("key"), graph.named("encryption"), "rules", output="arn")
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from archkit.graph import Graph, Resource, assert_feeds, feeds, uses

if TYPE_CHECKING:
    from archkit.recorder.answers import Answer
    from archkit.recorder.monitor import Outputs

__all__ = ["Graph", "Record", "RecordStack", "Resource", "assert_feeds", "feeds", "uses"]


class Record(Protocol):
    """What the fixture `record` is: `archkit.recorder.record` with the project's own answers."""

    def __call__(self, program: Callable[[], object], **arguments: Any) -> Graph:
        """The graph of a program; an AssertionError where it registers nothing."""
        ...


class RecordStack(Protocol):
    """What the fixture `record_stack` is: a shipped design on a target, by the stack's name."""

    def __call__(self, stack: str, config: Mapping[str, Any] | None = None) -> Graph:
        """The graph of `<design>-<target>`; `config` is laid over what ships."""
        ...


class _Recordings:
    """The graphs of one test."""

    def __init__(self) -> None:
        self.graphs: list[Graph] = []

    def take(self, graph: Graph) -> Graph:
        self.graphs.append(graph)
        if not graph.resources:
            message = (
                "the program registered no resource, so whatever is asserted of its resources holds; "
                "call what makes them inside the recorded function"
            )
            raise AssertionError(message)
        return graph


@pytest.fixture
def _recordings(request: pytest.FixtureRequest) -> Generator[_Recordings]:  # pyright: ignore[reportUnusedFunction]
    recordings = _Recordings()
    yield recordings
    if not recordings.graphs and not getattr(request.node, "_archkit_failed", False):
        pytest.fail("the test asked for a recording and never made one: nothing was registered, nothing was tested")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remembers that a test failed or was skipped, so that its end does not complain as well."""
    report = yield
    if not report.passed:
        item._archkit_failed = True  # pyright: ignore[reportAttributeAccessIssue]
    return report


@pytest.fixture
def provider_outputs() -> Mapping[str, Outputs]:
    """Outputs by type token, for types whose outputs must have a certain form; override it in a conftest.py."""
    return {}


@pytest.fixture
def provider_functions() -> Mapping[str, Answer]:
    """Answers of provider functions by token, in camelCase; override it in a conftest.py."""
    return {}


@pytest.fixture
def record(
    _recordings: _Recordings,
    provider_outputs: Mapping[str, Outputs],
    provider_functions: Mapping[str, Answer],
) -> Record:
    """Records a program: fails on unknown types and functions, duplicate names, and programs that register nothing."""
    from archkit.recorder import record as record_program  # noqa: PLC0415 - pulumi is imported by tests that need it

    def run(program: Callable[[], object], **arguments: Any) -> Graph:
        given: dict[str, Any] = {"resources": provider_outputs, "functions": provider_functions, **arguments}
        return _recordings.take(record_program(program, **given))

    return run


@pytest.fixture
def record_stack(_recordings: _Recordings) -> RecordStack:
    """Records a shipped design on a target, by the stack's name."""
    from archkit.recorder.stacks import record_stack as record_named  # noqa: PLC0415

    def run(stack: str, config: Mapping[str, Any] | None = None) -> Graph:
        return _recordings.take(record_named(stack, config))

    return run
