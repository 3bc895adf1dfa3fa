"""What every cache promises, whichever target runs it."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.connect import Connectable, Endpoint
from components.credentials import Credentials, endpoint_variables
from components.errors import out_of_range, refuse, unless

USER = "app"  # as whom applications connect to Valkey; the default user is off
# What applications may do in Valkey: keys, transactions, scripts (a lock's release compares before it deletes); not
# KEYS, FLUSHALL, CONFIG, FUNCTION FLUSH and whatever else can stop it, empty it or look around in it.
ACCESS = (
    "~* resetchannels -@all +@read +@write +@connection +@transaction +eval +evalsha +eval_ro +evalsha_ro "
    "+script|load +script|exists -function -@dangerous -@admin"
)
MAX_REPLICAS = 5  # ElastiCache User Guide, "Quotas": replicas of a shard
MAX_NODES = 40  # ElastiCache User Guide, "Quotas": nodes of a Memcached cluster
MIN_MEBIBYTES, MAX_MEBIBYTES = 64, 262_144
DEFAULT_REPLICAS, DEFAULT_NODES = 2, 3


class Engine(StrEnum):
    """What answers: `valkey` has replicas that take over, `memcached` spreads keys over nodes and copies none."""

    VALKEY = "valkey"
    MEMCACHED = "memcached"


class Eviction(StrEnum):
    """Who goes when memory is full. `volatile-*` takes only keys with a time to live; `lru` is Memcached's."""

    ALLKEYS_LRU = "allkeys-lru"
    ALLKEYS_LFU = "allkeys-lfu"
    ALLKEYS_RANDOM = "allkeys-random"
    VOLATILE_LRU = "volatile-lru"
    VOLATILE_LFU = "volatile-lfu"
    VOLATILE_RANDOM = "volatile-random"
    VOLATILE_TTL = "volatile-ttl"
    NOEVICTION = "noeviction"
    LRU = "lru"


# The first of each is its default. Valkey: valkey.conf, maxmemory-policy; memcached(1): -M.
EVICTIONS: Mapping[Engine, tuple[Eviction, ...]] = {
    Engine.VALKEY: tuple(one for one in Eviction if one is not Eviction.LRU),
    Engine.MEMCACHED: (Eviction.LRU, Eviction.NOEVICTION),
}
# Major versions that both targets have: Debian 13's, and ones of ElastiCache's. The last of each is its default.
VERSIONS: Mapping[Engine, tuple[int, ...]] = {Engine.VALKEY: (8,), Engine.MEMCACHED: (1,)}


@dataclass(frozen=True, kw_only=True)
class CacheArgs:
    """Answers kept in memory. An acknowledged write may be lost: never the only place where something is.

    Args:
        engine: What answers.
        replicas: Valkey: members besides the primary, 1 to 5; 2 where none are named. Memcached has none.
        nodes: Memcached: nodes that share the keys, 1 to 40; 3 where none are named. Valkey has one primary.
        memory_mebibytes: For data, of each member, 64 to 262144.
        eviction: Who goes when memory is full; where none is named: `allkeys-lru`, `lru` for Memcached.
        version: Major version of the engine; it only grows. Where none is named: 8, 1 for Memcached.

    Raises:
        InvalidArgsError: Every field out of range and every contradiction, one line each.

    """

    engine: Engine = Engine.VALKEY
    replicas: int | None = None
    nodes: int | None = None
    memory_mebibytes: int = 256
    eviction: Eviction | None = None
    version: int | None = None

    def __post_init__(self) -> None:
        known = EVICTIONS[self.engine]
        refuse(
            [
                self._replicas_problem(),
                self._nodes_problem(),
                out_of_range(
                    "cache/memory_mebibytes",
                    self.memory_mebibytes,
                    MIN_MEBIBYTES,
                    MAX_MEBIBYTES,
                    "less holds little beyond the engine itself, more than that no machine of the targets has",
                ),
                unless(
                    self.effective_eviction in known,
                    f"cache/eviction: must be one of {', '.join(known)} for {self.engine}, got {self.eviction}; "
                    "the engine has no other",
                ),
                unless(
                    self.effective_version in VERSIONS[self.engine],
                    f"cache/version: must be {' or '.join(map(str, VERSIONS[self.engine]))} for {self.engine}, "
                    f"got {self.version}; every target has it, and no engine of ElastiCache is made older",
                ),
            ]
        )

    @property
    def effective_replicas(self) -> int:
        """Members besides the primary."""
        if self.engine is Engine.MEMCACHED:
            return 0
        return DEFAULT_REPLICAS if self.replicas is None else self.replicas

    @property
    def effective_nodes(self) -> int:
        """Nodes that share the keys."""
        if self.engine is Engine.VALKEY:
            return 1
        return DEFAULT_NODES if self.nodes is None else self.nodes

    @property
    def effective_eviction(self) -> Eviction:
        """The policy that is named, or the engine's default."""
        return self.eviction or EVICTIONS[self.engine][0]

    @property
    def effective_version(self) -> int:
        """The major version that is named, or the engine's newest."""
        return VERSIONS[self.engine][-1] if self.version is None else self.version

    @property
    def only_grows(self) -> Mapping[str, int]:
        """What a later deployment must not make smaller; another engine is another cache, and starts anew."""
        return {f"{self.engine}_version": self.effective_version}

    def _replicas_problem(self) -> str | None:
        if self.engine is Engine.MEMCACHED:
            return unless(
                not self.replicas,
                f"cache/replicas: must be left out for memcached, got {self.replicas}; it copies nothing, say `nodes`",
            )
        return out_of_range(
            "cache/replicas",
            self.effective_replicas,
            1,
            MAX_REPLICAS,
            "a primary needs a replica to fail over to, and none has more",
        )

    def _nodes_problem(self) -> str | None:
        if self.engine is Engine.VALKEY:
            return unless(
                self.nodes in (None, 1),
                f"cache/nodes: must be left out for valkey, got {self.nodes}; all keys are on its primary, "
                "say `replicas`",
            )
        return out_of_range("cache/nodes", self.effective_nodes, 1, MAX_NODES, "somebody has to answer")


class Cache(Connectable):
    """Answers kept in memory; `CacheArgs` says what it promises. Its `endpoint` is the primary's, or a first node's."""

    @property
    @abstractmethod
    def reader(self) -> Endpoint:
        """Where replicas answer: reads only, behind the primary by the replication's lag. Memcached: the endpoint."""

    @property
    @abstractmethod
    def nodes(self) -> Sequence[Endpoint]:
        """Memcached: every node, in the order that clients hash over. Valkey: its primary endpoint alone."""

    @property
    @abstractmethod
    def credentials(self) -> Credentials:
        """How linked applications prove who they are; Memcached asks nobody."""

    @property
    @abstractmethod
    def ca_file(self) -> str:
        """Path in a linked application's container: who has to have signed the members' certificate."""

    @property
    def variables(self) -> Mapping[str, pulumi.Input[str]]:
        nodes = [pulumi.Output.concat(one.host, ":", str(one.port)) for one in self.nodes]
        return {
            **endpoint_variables("READER", self.reader),
            "NODES": pulumi.Output.all(*nodes).apply(",".join),
            "CA_FILE": self.ca_file,
            **self.credentials.variables,
        }
