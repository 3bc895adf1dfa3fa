"""Checks over a graph: what mocks and the provider's schema let through, and what a review would ask for.

A package adds its own by the entry point group `archkit.policies`: each entry names a `Policy`, or a sequence of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib.metadata import entry_points

from archkit.errors import UserError
from archkit.graph import Graph
from archkit.policies import names, options
from archkit.policies.aws import (
    autoscaling,
    backup,
    cloudfront,
    ec2,
    elasticache,
    elasticache_users,
    iam,
    lambda_,
    load_balancing,
    operations,
    provider,
    rds,
    rds_cluster,
    rds_proxy,
    s3,
    windows,
)
from archkit.policies.model import Finding, Policy, Problem, policy

__all__ = ["Finding", "Policy", "Problem", "all_policies", "check", "policy"]

GROUP = "archkit.policies"
_OF_AWS = (autoscaling, backup, cloudfront, ec2, elasticache, iam, load_balancing, operations, provider, rds, s3)
_OF_DATA = (elasticache_users, lambda_, rds_cluster, rds_proxy, windows)
_BUILT_IN = (*_OF_AWS, *_OF_DATA, names, options)


def all_policies() -> tuple[Policy, ...]:
    """The built-in policies and those of installed packages, by their ids.

    Raises:
        UserError: An entry point is no policy, or two policies have one id.

    """
    found = [one for module in _BUILT_IN for one in vars(module).values() if isinstance(one, Policy)]
    for entry in entry_points(group=GROUP):
        loaded = entry.load()
        more: Iterable[object] = [loaded] if isinstance(loaded, Policy) else loaded
        for one in more:
            if not isinstance(one, Policy):
                message = f"{GROUP}: {entry.name}: must be a Policy or a sequence of them, got {type(one).__name__}"
                raise UserError(message)
            found.append(one)
    ids = [one.id for one in found]
    twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
    if twice:
        raise UserError.of(f"{GROUP}: {id_}: two policies have this id; rename one of them" for id_ in twice)
    return tuple(sorted(found, key=lambda one: one.id))


def check(graph: Graph, *, accepted: Collection[str] = (), policies: Iterable[Policy] | None = None) -> list[Finding]:
    """Every problem of a graph, sorted by place and policy.

    Args:
        graph: What was recorded.
        accepted: Ids of policies that are left out.
        policies: Instead of all that are installed.

    Raises:
        UserError: An accepted id is none.

    """
    chosen = tuple(policies) if policies is not None else all_policies()
    known = {one.id for one in chosen}
    unknown = sorted(set(accepted) - known)
    if unknown:
        raise UserError.of(f"policy: no such one, got {id_!r}; `archkit check --list` shows all" for id_ in unknown)
    findings = [
        Finding(
            policy=one.id,
            resource=problem.resource.name,
            urn=problem.resource.urn,
            place=graph.place(problem.resource.urn),
            reason=problem.reason,
            remedy=problem.remedy,
        )
        for one in chosen
        if one.id not in accepted
        for problem in one.find(graph)
    ]
    return sorted(findings, key=lambda one: (one.place, one.urn, one.policy, one.reason))
