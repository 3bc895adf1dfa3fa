"""One graph, and what will change, from a recorded program, a preview, a deployed stack or a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from archkit.errors import UserError
from archkit.graph import Graph
from topology.readers.deployment import read_deployment
from topology.readers.preview import read_preview
from topology.readers.reading import Reading

__all__ = ["Reading", "read", "read_file"]

MOST_BYTES = 200_000_000


def read_file(path: Path, *, program: Graph | None = None) -> Reading:
    """Reads a saved `graph.json`, or the output of `pulumi preview --json` or `pulumi stack export`.

    Args:
        path: The file.
        program: The program's recorded graph; a preview without `--show-sames` is laid over it.

    Raises:
        UserError: It cannot be read, or is none of the three.

    """
    try:
        if path.stat().st_size > MOST_BYTES:
            message = f"{path}: must be at most {MOST_BYTES // 1_000_000} MB; it is no graph of a program"
            raise UserError(message)
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"{path}: must be UTF-8 text, is not at byte {error.start}; export or record it again"
        raise UserError(message) from error
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise UserError(message) from error
    return read(text, source=str(path), program=program)


def read(text: str, *, source: str, program: Graph | None = None) -> Reading:
    """The same, of a text; `source` names it in messages.

    Raises:
        UserError: It is none of the three formats, cut off, or edited by hand.

    """
    try:
        document: Any = json.loads(text)
    except RecursionError as error:
        message = f"{source}: is nested too deeply for a graph; export or record it again"
        raise UserError(message) from error
    except ValueError:
        document = None
    found = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    if "steps" in found or "changeSummary" in found:
        return read_preview(found, source=source, program=program)
    if "deployment" in found:
        return read_deployment(found, source=source)
    if found and not {"resources", "version", "sha256"} & set(found):
        keys = ", ".join(sorted(found)[:6])
        message = (
            f"{source}: must be a graph.json, or the output of `pulumi preview --json --show-sames` or "
            f"`pulumi stack export`, got an object with {keys}"
        )
        raise UserError(message)
    return Reading(graph=Graph.from_json(text, source=source))
