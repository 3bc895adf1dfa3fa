"""What a cache refuses to be, in words that help."""

import pytest

from components.cache import CacheArgs, Engine, Eviction
from components.errors import InvalidArgsError

POLICIES = (
    "allkeys-lru, allkeys-lfu, allkeys-random, volatile-lru, volatile-lfu, volatile-random, volatile-ttl, noeviction"
)


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (
            {"replicas": 0},
            "cache/replicas: must be 1 to 5, got 0; a primary needs a replica to fail over to, and none has more",
        ),
        (
            {"replicas": 6},
            "cache/replicas: must be 1 to 5, got 6; a primary needs a replica to fail over to, and none has more",
        ),
        (
            {"nodes": 3},
            "cache/nodes: must be left out for valkey, got 3; all keys are on its primary, say `replicas`",
        ),
        (
            {"engine": Engine.MEMCACHED, "replicas": 2},
            "cache/replicas: must be left out for memcached, got 2; it copies nothing, say `nodes`",
        ),
        ({"engine": Engine.MEMCACHED, "nodes": 0}, "cache/nodes: must be 1 to 40, got 0; somebody has to answer"),
        ({"engine": Engine.MEMCACHED, "nodes": 41}, "cache/nodes: must be 1 to 40, got 41; somebody has to answer"),
        (
            {"memory_mebibytes": 63},
            "cache/memory_mebibytes: must be 64 to 262144, got 63; "
            "less holds little beyond the engine itself, more than that no machine of the targets has",
        ),
        (
            {"memory_mebibytes": 262_145},
            "cache/memory_mebibytes: must be 64 to 262144, got 262145; "
            "less holds little beyond the engine itself, more than that no machine of the targets has",
        ),
        (
            {"eviction": Eviction.LRU},
            f"cache/eviction: must be one of {POLICIES} for valkey, got lru; the engine has no other",
        ),
        (
            {"engine": Engine.MEMCACHED, "eviction": Eviction.ALLKEYS_LFU},
            "cache/eviction: must be one of lru, noeviction for memcached, got allkeys-lfu; the engine has no other",
        ),
        (
            {"version": 7},
            "cache/version: must be 8 for valkey, got 7; every target has it, and no engine of ElastiCache is made "
            "older",
        ),
        (
            {"engine": Engine.MEMCACHED, "version": 8},
            "cache/version: must be 1 for memcached, got 8; every target has it, and no engine of ElastiCache is made "
            "older",
        ),
    ],
)
def test_what_no_engine_can_keep_is_refused(args: dict, problem: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        CacheArgs(**args)

    assert refused.value.problems == (problem,)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        CacheArgs(replicas=9, nodes=2, memory_mebibytes=1, eviction=Eviction.LRU, version=6)

    assert [one.partition(":")[0] for one in refused.value.problems] == [
        "cache/replicas",
        "cache/nodes",
        "cache/memory_mebibytes",
        "cache/eviction",
        "cache/version",
    ]


@pytest.mark.parametrize(
    ("engine", "replicas", "nodes", "eviction"),
    [(Engine.VALKEY, 2, 1, Eviction.ALLKEYS_LRU), (Engine.MEMCACHED, 0, 3, Eviction.LRU)],
)
def test_each_engine_has_its_defaults(engine: Engine, replicas: int, nodes: int, eviction: Eviction) -> None:
    args = CacheArgs(engine=engine)

    assert (args.effective_replicas, args.effective_nodes, args.effective_eviction) == (replicas, nodes, eviction)
