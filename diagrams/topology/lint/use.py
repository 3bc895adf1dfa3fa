"""Questions about things that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from topology.kinds import EdgeKind, Kind
from topology.lint.finding import Finding, finding
from topology.model import Model

_FORWARDS = (EdgeKind.TRAFFIC, EdgeKind.EVENT)


def no_targets(model: Model) -> Iterator[Finding]:
    """A load balancer that answers every request with an error."""
    forwarding = {edge.source for edge in model.edges if edge.kind in _FORWARDS}
    for node in model.nodes:
        if node.kind is Kind.LOAD_BALANCER and node.id not in forwarding and node.urns:
            yield finding(
                model,
                "no-targets",
                node.id,
                urn=node.urns[0],
                label=node.label,
                reason="this load balancer forwards to nothing, so every request gets an error",
                remedy="give a listener a target group with members, or remove the load balancer",
            )


def unused_bucket(model: Model) -> Iterator[Finding]:
    """A bucket that costs money and that nothing of the program reads or writes; a backup of it is no use."""
    used = {end for edge in model.edges if edge.kind is not EdgeKind.BACKUP for end in (edge.source, edge.target)}
    # A log bucket is named by its writer even where that is drawn as a box: a flow log hangs on its VPC.
    for node in model.nodes:
        if node.kind is Kind.BUCKET and node.id not in used and node.id not in model.referenced and node.urns:
            yield finding(
                model,
                "unused-bucket",
                node.id,
                urn=node.urns[0],
                label=node.label,
                reason="nothing in this program reads or writes this bucket",
                remedy="link a service to it or remove it; if somebody else uses it, give that reader a policy here",
            )
