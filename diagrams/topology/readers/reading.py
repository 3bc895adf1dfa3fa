"""What every reader gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archkit.graph import Graph
from topology.kinds import Change


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A graph and what will happen to it.

    Args:
        graph: The resources, those that will be deleted included.
        changes: By URN, from a preview; what is not named stays.

    """

    graph: Graph
    changes: Mapping[str, Change] = field(default_factory=dict[str, Change])
