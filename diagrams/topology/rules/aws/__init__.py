"""What pulumi-aws resources mean."""

from __future__ import annotations

from topology.rules.aws import (
    balancers,
    caches,
    compute,
    containers,
    databases,
    edge,
    functions,
    network,
    operations,
    protection,
    security,
    serverless,
    storage,
)
from topology.rules.rule import Rule

RULES: dict[str, Rule] = {
    **network.RULES,
    **security.RULES,
    **protection.RULES,
    **compute.RULES,
    **balancers.RULES,
    **containers.RULES,
    **functions.RULES,
    **databases.RULES,
    **caches.RULES,
    **storage.RULES,
    **edge.RULES,
    **serverless.RULES,
    **operations.RULES,
}
