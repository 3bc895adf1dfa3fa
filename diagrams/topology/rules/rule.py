"""What a rule can say of a resource type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from archkit.graph import Resource
from topology.kinds import Kind, Tier

if TYPE_CHECKING:
    from topology.derive_draft import Draft
    from topology.derive_parts import DraftNode


class Role(StrEnum):
    """What becomes of a resource of a type."""

    CONTAINER = "container"
    PRIMARY = "primary"  # a node
    PART = "part"  # a member of the node that `of` names
    BADGE = "badge"
    CONNECTOR = "connector"  # becomes an edge, or evidence of one
    FOLDED = "folded"  # a detail of its owner


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How one resource type is drawn.

    Args:
        role: What becomes of it.
        kind: Of a primary.
        service: Of a primary: what a person calls it.
        icon: Of a primary or badge: `aws/elb/application`.
        tier: Of a primary that stands in no subnet.
        world: True for what belongs to no region (CloudFront, Route 53, IAM).
        of: Inputs that name its owner, the best first.
        carries: Inputs that name its parts: security groups, launch template, profile, role, subnet group.
        subnets: Inputs that name subnets or subnet groups.
        badge: Of a badge: its kind (`waf`, `certificate`, `key`).
        shape: Fills in details and members of the node that it makes or belongs to.
        flow: Adds the edges that it means.

    """

    role: Role
    kind: Kind = Kind.UNKNOWN
    service: str = ""
    icon: str = ""
    tier: Tier = Tier.MANAGEMENT
    world: bool = False
    of: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    subnets: tuple[str, ...] = ()
    badge: str = ""
    shape: Callable[[Draft, DraftNode, Resource], None] | None = None
    flow: Callable[[Draft, Resource], None] | None = None


def folded(*of: str, carries: tuple[str, ...] = (), subnets: tuple[str, ...] = ()) -> Rule:
    """A detail of what one of these inputs names, or of what carries it."""
    return Rule(role=Role.FOLDED, of=of, carries=carries, subnets=subnets)
