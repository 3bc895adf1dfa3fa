"""Resource options that have no effect where they were given."""

from __future__ import annotations

from collections.abc import Iterator

from archkit.graph import Graph
from archkit.policies.model import Problem, policy

# The engine reads them of what a provider makes; on a component it takes them and does nothing.
_OF_PROVIDERS = ("customTimeouts", "ignoreChanges", "replaceOnChanges", "deleteBeforeReplace", "import")


@policy(
    "component-options",
    title="Options of a component are those that a component has",
    source="Pulumi documentation, Concepts, Resource options",
)
def component_options(graph: Graph) -> Iterator[Problem]:
    for one in graph.resources:
        idle = [key for key in _OF_PROVIDERS if not one.custom and key in one.options]
        if idle:
            yield Problem(
                resource=one,
                reason=f"{', '.join(idle)}: has no effect on a component",
                remedy="pass it to the child that it is meant for",
            )
