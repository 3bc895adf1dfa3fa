"""What a rule can say of a resource type, and do with its resources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.parts import DraftNode
from topology.draft.traits import Role, Traits

__all__ = ["Role", "Rule", "folded"]


@dataclass(frozen=True, kw_only=True)
class Rule(Traits):
    """How one resource type is drawn.

    Args:
        shape: Fills in details and members of the node that it makes or belongs to.
        flow: Adds the edges that it means.

    """

    shape: Callable[[Draft, DraftNode, Resource], None] | None = None
    flow: Callable[[Draft, Resource], None] | None = None


def folded(*of: str, carries: tuple[str, ...] = (), subnets: tuple[str, ...] = ()) -> Rule:
    """A detail of what one of these inputs names, or of what carries it."""
    return Rule(role=Role.FOLDED, of=of, carries=carries, subnets=subnets)
