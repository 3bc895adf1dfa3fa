"""Which nodes of the swarm take a service's replicas, and how the swarm tells them apart."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

ZONE = "archkit.zone"
# How the swarm is told, by the provider word for word. It ignores what it does not know: the command line's
# `spread=node.labels...`, which the provider's own documentation shows, spreads over nodes only.
# Source: moby/swarmkit, `manager/scheduler/nodeset.go` (`tree`).
SPREAD = f"node.labels.{ZONE}"


def places(template: Mapping[str, Any], nodes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The zone of each node that takes a service's replicas now.

    Nodes without a label have the zone "": they count as one zone more, as the swarm counts them. Room on a node is not
    looked at, only whether it is ready, takes tasks, and what the service asks of its node.

    Args:
        template: `TaskTemplate` of a service's specification.
        nodes: As Docker lists them.

    Returns:
        By the node's id; empty where the swarm is not told to spread the service over zones.

    """
    placement: Mapping[str, Any] = template.get("Placement") or {}
    preferences: list[Mapping[str, Any]] = placement.get("Preferences") or []
    if SPREAD not in [(one.get("Spread") or {}).get("SpreadDescriptor") for one in preferences]:
        return {}
    asked: list[str] = placement.get("Constraints") or []
    return {
        node["ID"]: str(_labels(node["Spec"]).get(ZONE, ""))
        for node in nodes
        if node["Status"]["State"] == "ready"
        and node["Spec"]["Availability"] == "active"
        and all(_holds(one, node) for one in asked)
    }


def enough(zones: Mapping[str, str], on: Sequence[str], could: int) -> int | None:
    """How many replicas to add and then to take, for all to stand in so many zones, whatever the swarm leaves open.

    Enough for each zone's whole share, if there is such a number; or else for one in each of so many zones. Never more
    than there are: a load balancer has room for twice the maximum, and memory is counted without any of them.

    Args:
        zones: The zone of each node that takes some.
        on: The node of each replica; some on nodes that take them.
        could: Zones that they could stand in.

    Returns:
        None where no number is.

    """
    count = Counter(on)
    by_zone = dict.fromkeys(zones.values(), 0)
    for node, zone in zones.items():
        by_zone[zone] += count[node]
    counts = sorted(by_zone.values(), reverse=True)
    # No fewer than zones lack of their shares, where the fullest have what cannot be divided.
    least, over = divmod(sum(counts), len(counts))
    lacking = sum(max(0, least + (rank < over) - count) for rank, count in enumerate(counts))
    for asked in (least, 0):
        for extra in range(lacking, len(on) + 1):
            if _reached(counts, extra, asked, could) and _kept(zones, count, by_zone, extra) >= could:
                return extra
    return None


def _reached(counts: Sequence[int], extra: int, least: int, could: int) -> bool:
    """Whether, with so many added, each zone has so many at least, and so many zones have some.

    The swarm goes from zone to zone as they come. It fills each up to the share that all will have, and as long as
    something cannot be divided gives it one more: 0, 3 and 0 with two more may become 2, 3 and 0. So a zone may be left
    with what all the others do not take.

    Source: moby/swarmkit, `manager/scheduler/scheduler.go` (`scheduleNTasksOnSubtree`).

    """
    share, over = divmod(sum(counts) + extra, len(counts))

    def take(zones: Sequence[int]) -> int:
        takers = [count for count in zones if count <= share]
        return sum(share - count for count in takers) + min(over, len(takers))

    empty = counts.count(0)
    starved = max(last for last in range(empty + 1) if not last or take(counts[: len(counts) - last]) >= extra)
    poor = [(rank, count) for rank, count in enumerate(counts) if count < least]
    each = all(count + extra - take([*counts[:rank], *counts[rank + 1 :]]) >= least for rank, count in poor)
    return each and len(counts) - starved >= could


def _kept(zones: Mapping[str, str], count: Mapping[str, int], by_zone: Mapping[str, int], extra: int) -> int:
    """Zones that still have some when so many were added and as many are taken, at worst, of those that had some.

    The swarm takes a node's third replica before any node's second, and any node's second before any node's only one;
    of equals what does not run, then as it comes. So a zone gets empty only where more nodes have some than replicas
    stay: then these stand on one node each, maybe in the zones with the most of these nodes.

    Source: moby/swarmkit, `manager/orchestrator/replicated/services.go` (`reconcile`) and `slot.go`.

    """
    share = (sum(by_zone.values()) + extra) // len(by_zone)
    nodes = dict.fromkeys(by_zone, 0)
    for zone in nodes:
        inside = [count[node] for node, its in zones.items() if its == zone]
        new = min(extra, inside.count(0)) if by_zone[zone] <= share else 0
        nodes[zone] = len(inside) - inside.count(0) + new
    stay = sum(count.values())
    if sum(nodes.values()) <= stay:
        return len(by_zone)
    for zone_number, most in enumerate(sorted(nodes.values(), reverse=True), 1):
        stay -= most
        if stay <= 0:
            return zone_number
    return len(by_zone)


def _holds(constraint: str, node: Mapping[str, Any]) -> bool:
    """Whether a node is as asked; yes for what is not known here (`node.ip`), which shows when the swarm does not."""
    operator = "==" if "==" in constraint else "!="
    key, _, wanted = constraint.partition(operator)
    told = _told(key.strip(), node)
    return told is None or (told.casefold() == wanted.strip().casefold()) == (operator == "==")


def _told(key: str, node: Mapping[str, Any]) -> str | None:
    described: Mapping[str, Any] = node.get("Description") or {}
    for prefix, labels in (("node.labels.", _labels(node["Spec"])), ("engine.labels.", _labels(_engine(described)))):
        if key.casefold().startswith(prefix):
            return str(labels.get(key[len(prefix) :], ""))
    platform: Mapping[str, Any] = described.get("Platform") or {}
    known: dict[str, Any] = {
        "node.id": node["ID"],
        "node.hostname": described.get("Hostname", ""),
        "node.role": node["Spec"].get("Role", ""),
        "node.platform.os": platform.get("OS", ""),
        "node.platform.arch": platform.get("Architecture", ""),
    }
    return known.get(key.casefold())


def _engine(described: Mapping[str, Any]) -> Mapping[str, Any]:
    return described.get("Engine") or {}


def _labels(of: Mapping[str, Any]) -> Mapping[str, Any]:
    return of.get("Labels") or {}
