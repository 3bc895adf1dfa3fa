"""The order in which traffic meets things: layers, with loops broken the same way each time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from heapq import heapify, heappop, heappush

from topology.kinds import EdgeKind, Tier
from topology.parts import Edge, Node

TIERS: Mapping[Tier, int] = {tier: place for place, tier in enumerate(Tier)}
FLOWS = frozenset({EdgeKind.TRAFFIC, EdgeKind.DNS, EdgeKind.EVENT, EdgeKind.GRANT})


def layers(nodes: Iterable[Node], edges: Iterable[Edge], flows: Collection[EdgeKind] = FLOWS) -> dict[str, int]:
    """The layer of each node, from 0: behind everything that sends to it."""
    known = {node.id: (TIERS[node.tier], node.id) for node in nodes}
    after: dict[str, list[str]] = {one: [] for one in known}
    before: dict[str, list[str]] = {one: [] for one in known}
    waiting = dict.fromkeys(known, 0)
    seen: set[tuple[str, str]] = set()
    edges = list(edges)
    strong = {(edge.source, edge.target) for edge in edges if edge.kind is not EdgeKind.GRANT}
    for edge in edges:
        if edge.kind is EdgeKind.GRANT and (edge.target, edge.source) in strong:
            continue  # a worker may delete what its queue gives it: the queue still comes first
        pair = (edge.source, edge.target)
        if edge.kind in flows and pair[0] in known and pair[1] in known and pair[0] != pair[1] and pair not in seen:
            seen.add(pair)
            after[edge.source].append(edge.target)
            before[edge.target].append(edge.source)
            waiting[edge.target] += 1
    found: dict[str, int] = dict.fromkeys(known, 0)
    ready = [known[one] for one, count in waiting.items() if count == 0]
    blocked = sorted(known.values(), reverse=True)
    heapify(ready)
    done: set[str] = set()
    while len(done) < len(known):
        if not ready:  # a loop begins with its first member by tier and name
            while blocked[-1][1] in done:
                blocked.pop()
            ready.append(_loop_begin(blocked[-1][1], before, done, known))
        _, one = heappop(ready)
        if one in done:
            continue
        done.add(one)
        for other in after[one]:
            waiting[other] -= 1
            if other not in done:
                found[other] = max(found[other], found[one] + 1)
                if waiting[other] <= 0:
                    heappush(ready, known[other])
    return found


def _loop_begin(
    one: str, before: Mapping[str, list[str]], done: Collection[str], known: Mapping[str, tuple[int, str]]
) -> tuple[int, str]:
    """Where to break the loop that keeps a node waiting: it may wait for the loop without being part of it."""
    way: list[str] = []
    place: dict[str, int] = {}
    while one not in place:
        place[one] = len(way)
        way.append(one)
        one = min((other for other in before[one] if other not in done), key=known.__getitem__)
    return min(known[other] for other in way[place[one] :])
