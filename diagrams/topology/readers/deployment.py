"""What is deployed: `pulumi stack export`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from archkit.errors import UserError
from topology.readers.reading import Reading
from topology.readers.state import graph_of

VERSION = 3  # of the envelope; older ones are rewritten by the engine itself on export


def read_deployment(document: Mapping[str, Any], *, source: str) -> Reading:
    """The graph of an exported stack; what waits for its deletion is left out.

    Raises:
        UserError: Another version, or not what the engine writes.

    """
    again = "export it again with `pulumi stack export`"
    if document.get("version") != VERSION:
        message = (
            f"{source}: version: must be {VERSION}, got {document.get('version')!r}; another engine wrote it: {again}"
        )
        raise UserError(message)
    deployment = document.get("deployment")
    resources = cast("Mapping[str, Any]", deployment).get("resources") if isinstance(deployment, Mapping) else None
    if resources is None and isinstance(deployment, Mapping):
        resources = []
    if not isinstance(resources, list) or not all(isinstance(one, Mapping) for one in cast("list[Any]", resources)):
        message = f"{source}: deployment/resources: must be a list of resources; the file was edited: {again}"
        raise UserError(message)
    states = cast("list[Mapping[str, Any]]", resources)
    return Reading(graph=graph_of([one for one in states if not one.get("delete")], source=source))
