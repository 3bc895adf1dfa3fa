"""What a policy is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archkit.graph import Graph, Resource


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with one resource.

    Args:
        resource: Which one.
        reason: What is wrong, with the value that is.
        remedy: What to do about it.

    """

    resource: Resource
    reason: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A problem as it is reported: plain data.

    Args:
        policy: Id of the policy.
        resource: Logical name.
        urn: Its URN.
        place: `stacks/web.py:12`.
        reason: What is wrong.
        remedy: What to do about it.

    """

    policy: str
    resource: str
    urn: str
    place: str
    reason: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One rule over a graph.

    Args:
        id: Stable, in kebab case: `aws-s3-public-access`.
        title: What it asks for.
        source: Which document says so.
        find: Gives every problem.

    """

    id: str
    title: str
    source: str
    find: Callable[[Graph], Iterable[Problem]]


def policy(id_: str, *, title: str, source: str) -> Callable[[Callable[[Graph], Iterator[Problem]]], Policy]:
    """Makes a policy of a function over a graph."""

    def make(find: Callable[[Graph], Iterator[Problem]]) -> Policy:
        return Policy(id=id_, title=title, source=source, find=find)

    return make
