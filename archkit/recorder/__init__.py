"""Runs a design without a cloud and keeps what it registered, as a graph."""

from archkit.recorder.answers import FUNCTIONS, Answer, Call
from archkit.recorder.errors import (
    DuplicateError,
    NotRunError,
    RecordingError,
    RefusedCallError,
    UnknownPropertyError,
    UnknownTokenError,
)
from archkit.recorder.preview import assert_same_structure_in_preview
from archkit.recorder.run import record

__all__ = [
    "FUNCTIONS",
    "Answer",
    "Call",
    "DuplicateError",
    "NotRunError",
    "RecordingError",
    "RefusedCallError",
    "UnknownPropertyError",
    "UnknownTokenError",
    "assert_same_structure_in_preview",
    "record",
]
