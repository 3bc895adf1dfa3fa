"""What is known of a resource type before any rule draws it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from topology.kinds import Kind, Tier


class Role(StrEnum):
    """What becomes of a resource of a type."""

    CONTAINER = "container"
    PRIMARY = "primary"  # a node
    PART = "part"  # a member of the node that `of` names
    BADGE = "badge"
    CONNECTOR = "connector"  # becomes an edge, or evidence of one
    FOLDED = "folded"  # a detail of its owner


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What a rule says of one resource type, without what it does.

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
