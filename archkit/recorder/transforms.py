"""Refuses what only the engine runs: a transform would be left out of the graph without a word."""

from __future__ import annotations

from typing import Any

from pulumi.runtime import mocks

from archkit.recorder.errors import NotRunError, RecordingError

_WHY = (
    "no engine runs here, so the graph would lack what the transform changes; use `transformations`, which run "
    "everywhere"
)


class NoTransforms(mocks.MockMonitor):
    """A monitor that notices the stack's transforms, which the stock one keeps and never calls."""

    def problem(self, error: RecordingError) -> RecordingError:
        """Keeps what the run has to end with."""
        raise NotImplementedError

    def refuse_transforms(self, request: Any) -> None:
        """The options of one resource.

        Raises:
            NotRunError: It brings transforms of its own.

        """
        if request.transforms:
            message = f"{request.type} {request.name!r}: transforms: must not be used, got {len(request.transforms)}"
            raise self.problem(NotRunError(f"{message}; {_WHY}"))

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        raise self.problem(NotRunError(f"stack: transforms: must not be registered, got one; {_WHY}"))

    def RegisterStackInvokeTransform(self, request: Any) -> Any:  # noqa: N802
        raise self.problem(NotRunError(f"stack: invoke transforms: must not be registered, got one; {_WHY}"))
