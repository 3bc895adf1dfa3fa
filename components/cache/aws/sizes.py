"""Which node holds so much data."""

from components.cache.contract import Engine

# ElastiCache User Guide, "Supported node types": memory in GiB, smallest first. `t4g` is burstable.
NODES = (
    *(("cache.t4g.micro", 0.5), ("cache.t4g.small", 1.37), ("cache.t4g.medium", 3.09), ("cache.m7g.large", 6.38)),
    *(("cache.r7g.large", 13.07), ("cache.r7g.xlarge", 26.32), ("cache.r7g.2xlarge", 52.82)),
    *(("cache.r7g.4xlarge", 105.81), ("cache.r7g.8xlarge", 209.55), ("cache.r7g.16xlarge", 419.09)),
)
RESERVED_SHARE = 0.25  # Valkey, reserved-memory-percent: for failover and backup; ElastiCache's default
CONNECTIONS_MEBIBYTES = 100  # Memcached, memcached_connections_overhead; ElastiCache's default


def node_type(engine: Engine, memory_mebibytes: int) -> str:
    """The smallest node type that leaves so much for data; the contract's largest fits the last."""
    for name, gibibytes in NODES:
        whole = gibibytes * 1024
        data = whole - CONNECTIONS_MEBIBYTES if engine is Engine.MEMCACHED else whole * (1 - RESERVED_SHARE)
        if data >= memory_mebibytes:
            return name
    return NODES[-1][0]
