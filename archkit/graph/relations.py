"""Questions that tests and policies ask of two resources: which output of the one reaches where in the other."""

from __future__ import annotations

from collections.abc import Iterable

from archkit.graph.model import Reference, Resource


def uses(target: Resource, source: Resource, place: str = "") -> tuple[Reference, ...]:
    """Each use of the source's outputs in the target.

    Args:
        target: Who uses.
        source: Whose outputs.
        place: Only below this place: `ingress`, `ingress[0].securityGroups`; everywhere by default.

    """
    return tuple(one for one in target.references if one.urn == source.urn and _within(one.path, place))


def feeds(source: Resource, target: Resource, place: str = "", *, output: str = "") -> bool:
    """Whether an output of the source reaches the target.

    Args:
        source: Whose output.
        target: Who uses it.
        place: Where: a property (`vpcId`) or a place inside one (`ingress[0].securityGroups`); anywhere by default.
        output: Which output: `id`, `arn`; any by default. Numbers and booleans name none, so that only dependencies
            between whole properties are known of them.

    """
    if any(not output or one.output == output for one in uses(target, source, place)):
        return True
    return not output and any(source.urn in urns for key, urns in target.reads.items() if not place or key == place)


def assert_feeds(source: Resource, target: Resource, place: str = "", *, output: str = "") -> None:
    """Fails unless an output of the source reaches the target; the arguments are those of `feeds`.

    Raises:
        AssertionError: Says what reaches there instead.

    """
    if feeds(source, target, place, output=output):
        return
    there = [f"{one.path} <- {one.output} of {one.urn}" for one in target.references if _within(one.path, place)]
    found = "\n  ".join(there) or "nothing of another resource"
    wanted = f"{output or 'an output'} of {source.name}"
    raise AssertionError(f"{target.name}.{place or '*'}: {wanted} must reach it; there is\n  {found}")


def names(resources: Iterable[Resource]) -> list[str]:
    """Their logical names, sorted."""
    return sorted(one.name for one in resources)


def _within(path: str, place: str) -> bool:
    return not place or path == place or path.startswith((f"{place}.", f"{place}["))
