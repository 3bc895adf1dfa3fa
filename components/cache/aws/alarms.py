"""What a person should look at: memory that is full, processors that are, replicas that lag."""

from collections.abc import Mapping

import pulumi

from components.aws.alarm import Threshold, alarm
from components.connect import Component
from components.settings import AwsSettings

NAMESPACE = "AWS/ElastiCache"
LAG = Threshold(namespace=NAMESPACE, metric="ReplicationLag", value=3, statistic="Maximum")  # seconds
VALKEY: Mapping[str, Threshold] = {
    # A full cache evicts, that is its work; thousands a minute mean that it is too small to help.
    "evictions": Threshold(namespace=NAMESPACE, metric="Evictions", value=1_000, statistic="Sum"),
    "memory": Threshold(namespace=NAMESPACE, metric="DatabaseMemoryUsagePercentage", value=95, periods=15),
    "cpu": Threshold(namespace=NAMESPACE, metric="EngineCPUUtilization", value=80),
}
MEMCACHED: Mapping[str, Threshold] = {
    "evictions": Threshold(namespace=NAMESPACE, metric="Evictions", value=1_000, statistic="Sum"),
    "memory": Threshold(namespace=NAMESPACE, metric="FreeableMemory", value=50 * 2**20, below=True),
    "cpu": Threshold(namespace=NAMESPACE, metric="CPUUtilization", value=80),
}


def member_ids(group_id: pulumi.Input[str], shards: int, replicas: int) -> dict[str, pulumi.Output[str]]:
    """The ids of the members, as ElastiCache makes them of the group's, by a short name for each."""
    if shards == 1:
        return {str(number): pulumi.Output.concat(group_id, f"-{number:03d}") for number in range(1, replicas + 2)}
    return {
        f"{shard}-{number}": pulumi.Output.concat(group_id, f"-{shard:04d}-{number:03d}")
        for shard in range(1, shards + 1)
        for number in range(1, replicas + 2)
    }


def valkey_alarms(cache: Component, members: Mapping[str, pulumi.Output[str]], settings: AwsSettings) -> None:
    """Makes four alarms for each member; the primary has no lag, but any member may become it."""
    for short, id_ in members.items():
        for role, threshold in {**VALKEY, "lag": LAG}.items():
            alarm(cache, f"member-{short}-{role}", threshold, {"CacheClusterId": id_}, settings=settings)


def memcached_alarms(cache: Component, cluster_id: pulumi.Input[str], nodes: int, settings: AwsSettings) -> None:
    """Makes three alarms for each node."""
    for number in range(1, nodes + 1):
        of = {"CacheClusterId": cluster_id, "CacheNodeId": f"{number:04d}"}
        for role, threshold in MEMCACHED.items():
            alarm(cache, f"node-{number}-{role}", threshold, of, settings=settings)
