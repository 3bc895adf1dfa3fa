"""Questions that the model answers nearly for free."""

from __future__ import annotations

from topology.lint.finding import Finding
from topology.lint.network import no_route_out, open_to_the_world, single_zone
from topology.lint.use import no_targets, unused_bucket
from topology.model import Model

__all__ = ["RULES", "Finding", "lint"]

RULES = (no_route_out, no_targets, unused_bucket, open_to_the_world, single_zone)


def lint(model: Model) -> tuple[Finding, ...]:
    """All findings, in order of their place; none where the architecture raises no question."""
    found = {finding for rule in RULES for finding in rule(model)}
    return tuple(sorted(found, key=lambda one: (one.place, one.label, one.rule, one.reason, one.urn)))
