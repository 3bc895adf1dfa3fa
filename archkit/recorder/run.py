"""Runs a program without a cloud, cut off from every other run, and keeps what it registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from archkit.graph import Graph, Redactor, Resource
from archkit.recorder.answers import FUNCTIONS, Answer
from archkit.recorder.config import Project, as_text, find_root, full_key, read_project
from archkit.recorder.errors import RecordingError
from archkit.recorder.monitor import Outputs, Recorder
from archkit.recorder.runtime import run_isolated
from archkit.recorder.secrets import sensitive, unmarked

STACK_SECRET = "archkit:secret"  # noqa: S105 - its key
RECORDED_SECRET = "stands-for-the-secret-of-a-stack-where-it-is-only-recorded"  # noqa: S105


def record(
    program: Callable[[], object],
    *,
    project: str = "archkit",
    stack: str = "recorded",
    config: Mapping[str, Any] | None = None,
    secret_config: Mapping[str, Any] | None = None,
    root: Path | None = None,
    resources: Mapping[str, Outputs] | None = None,
    functions: Mapping[str, Answer] | None = None,
    preview: bool = False,
) -> Graph:
    """The graph of everything that a program registers, once all of it is registered.

    Args:
        program: Called once, with no arguments; what it returns is dropped (an awaitable is awaited).
        project: Pulumi project.
        stack: Pulumi stack.
        config: Configuration, over the defaults of `Pulumi.yaml`; keys without a namespace are the project's.
        secret_config: The same for keys whose values are secret.
        root: Folder of the project, that positions and paths are relative to; the nearest one upwards from here with a
            `Pulumi.yaml`, or the working directory.
        resources: Outputs by type token, for types that no loaded package has or whose outputs need a certain form; a
            mapping in camelCase, or a function of the inputs that gives one.
        functions: Answers of provider functions by token, over the built-in ones; the same, of a `Call`.
        preview: Leave computed outputs unknown, as `pulumi preview` does.

    Raises:
        RecordingError: What no engine or provider takes: a duplicate name, an unknown type, function or nested key.
        Exception: Whatever the program itself raises.

    """
    root = (root or find_root(Path.cwd())).resolve()
    stated = read_project(root, project)
    values = {
        **stated.defaults,
        **{
            full_key(key, project): as_text(value) for key, value in {**(config or {}), **(secret_config or {})}.items()
        },
    }
    # A recording needs no stack's own secret, and must not depend on one: whatever follows from it is hidden anyway.
    values[STACK_SECRET] = RECORDED_SECRET
    recorder = Recorder(
        project=project,
        stack=stack,
        root=root,
        region=values.get("aws:region"),
        resources=resources or {},
        functions={**FUNCTIONS, **(functions or {})},
        preview=preview,
    )
    secret_keys = [*_secret_keys(stated, secret_config or {}, project), STACK_SECRET]
    recorder.secrets |= {values[key] for key in secret_keys if key in values}
    failure = run_isolated(program, recorder, values, secret_keys)
    if recorder.problems:
        problems = sorted({text for one in recorder.problems for text in one.problems})
        kinds = {type(one) for one in recorder.problems}
        kind = kinds.pop() if len(kinds) == 1 else RecordingError
        raise kind(*problems) from (None if isinstance(failure, RecordingError) else failure)
    if failure is not None:
        raise failure
    return _graph(recorder, values.get("aws:region", ""))


def _secret_keys(stated: Project, given: Mapping[str, Any], project: str) -> list[str]:
    return sorted(stated.secret_keys | {full_key(key, project) for key in given})


def _graph(recorder: Recorder, region: str) -> Graph:
    entries = recorder.entries
    marked = {text for entry in entries.values() for text in sensitive([entry.inputs, entry.outputs])}
    redactor = Redactor(recorder.secrets | marked | set(sensitive(recorder.exports)))

    def hide(value: Any) -> Any:
        return redactor.hide(unmarked(value))

    resources = [
        Resource(
            urn=urn,
            type=entry.type,
            name=entry.name,
            parent=entry.parent,
            custom=entry.custom,
            inputs=hide(entry.inputs),
            reads=entry.reads,
            references=recorder.issued.references(entry.inputs, entry.reads),
            options=entry.options,
            outputs=hide(entry.outputs),
        )
        for urn, entry in sorted(entries.items())
    ]
    return Graph(
        project=recorder.project,
        stack=recorder.stack,
        resources=tuple(resources),
        outputs=hide(recorder.exports),
        positions={urn: entry.position for urn, entry in sorted(entries.items()) if entry.position},
        region=hide(region),
    )
