"""What AWS would refuse of a cache."""

from collections.abc import Iterator

from components.cache.aws.users import user_id
from components.cache.contract import CacheArgs, Engine
from components.errors import unless
from components.naming import Kind, auto_named, component_name, fixed
from components.settings import AwsSettings

MAX_NODES = 500  # ElastiCache User Guide, "Working with shards": of a cluster; 90 until a quota is raised


def problems(name: str, args: CacheArgs, settings: AwsSettings) -> Iterator[str | None]:
    """Everything that is wrong with a cache on AWS, one line each."""
    path = f"cache/{name}"
    yield component_name(path, name)
    if args.engine is Engine.VALKEY:
        nodes = settings.cache.shards * (args.effective_replicas + 1)
        yield unless(
            nodes <= MAX_NODES,
            f"aws/cache/shards: must make at most {MAX_NODES} nodes with cache/{name}/replicas "
            f"{args.effective_replicas}, got {settings.cache.shards}, which are {nodes}; a cluster has no more",
        )
        yield auto_named(path, f"{name}-group", Kind.CACHE_GROUP)
        yield component_name(path, user_id(name))
        yield fixed(path, f"{user_id(name)}-users", Kind.CACHE_USER)
    else:
        yield auto_named(path, f"{name}-cluster", Kind.CACHE_GROUP)
        yield unless(
            settings.cache.shards == 1,
            f"aws/cache/shards: must be 1 for memcached, got {settings.cache.shards}; its nodes share the keys already",
        )
