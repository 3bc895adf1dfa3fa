"""Valkey: a primary and its replicas in different zones, or several of them."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsPlacement
from components.aws.key import customer_key
from components.aws.tags import tags
from components.cache.aws.sizes import node_type
from components.cache.aws.users import application_user, user_group
from components.cache.contract import CacheArgs
from components.connect import Component
from components.settings import AwsSettings

ENGINE, VERSION, FAMILY = "valkey", "8.0", "valkey8"
PORT = 6379
LOGS = ("slow-log", "engine-log")


@dataclass(frozen=True, kw_only=True)
class Valkey:
    """Args: `group` of primary and replicas; `user` that applications connect as."""

    group: aws.elasticache.ReplicationGroup
    user: aws.elasticache.User


def valkey(
    cache: Component, args: CacheArgs, placement: AwsPlacement, guard: aws.ec2.SecurityGroup, settings: AwsSettings
) -> Valkey:
    """Makes the replication group. It keeps no snapshots: what it holds can be computed again."""
    user = application_user(cache)
    under = pulumi.ResourceOptions(parent=cache)
    shards = settings.cache.shards
    subnets = aws.elasticache.SubnetGroup(
        cache.part("subnets"), subnet_ids=placement.data_subnet_ids, tags=tags(cache, "subnets"), opts=under
    )
    group = aws.elasticache.ReplicationGroup(
        cache.part("group"),
        description=f"{pulumi.get_stack()} {cache.component_name}",
        engine=ENGINE,
        engine_version=VERSION,
        node_type=node_type(args.engine, args.memory_mebibytes),
        port=PORT,
        parameter_group_name=_parameters(cache, args, shards).name,
        automatic_failover_enabled=True,
        multi_az_enabled=True,
        **_shape(args, placement, shards),
        subnet_group_name=subnets.name,
        security_group_ids=[guard.id],
        at_rest_encryption_enabled=True,
        kms_key_id=customer_key(cache, "key", settings=settings).arn,
        transit_encryption_enabled=True,
        transit_encryption_mode="required",
        user_group_ids=[user_group(cache, user).user_group_id],
        auto_minor_version_upgrade=True,
        maintenance_window=settings.cache.maintenance_window,
        snapshot_retention_limit=0,
        log_delivery_configurations=[
            aws.elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
                destination=_log(cache, kind, settings).name,
                destination_type="cloudwatch-logs",
                log_format="json",
                log_type=kind,
            )
            for kind in LOGS
        ],
        tags=tags(cache, "group"),
        opts=under,
    )
    return Valkey(group=group, user=user)


def _shape(args: CacheArgs, placement: AwsPlacement, shards: int) -> dict[str, Any]:
    replicas = args.effective_replicas
    if shards > 1:
        return {"cluster_mode": "enabled", "num_node_groups": shards, "replicas_per_node_group": replicas}
    zones = [placement.zones[number % len(placement.zones)] for number in range(replicas + 1)]
    return {"num_cache_clusters": replicas + 1, "preferred_cache_cluster_azs": zones}


def _parameters(cache: Component, args: CacheArgs, shards: int) -> aws.elasticache.ParameterGroup:
    values = {"maxmemory-policy": args.effective_eviction.value}
    if shards > 1:
        values["cluster-enabled"] = "yes"
    return aws.elasticache.ParameterGroup(
        cache.part("parameters"),
        family=FAMILY,
        description=f"{pulumi.get_stack()} {cache.component_name}",
        parameters=[
            aws.elasticache.ParameterGroupParameterArgs(name=name, value=value)
            for name, value in sorted(values.items())
        ],
        tags=tags(cache, "parameters"),
        opts=pulumi.ResourceOptions(parent=cache),
    )


def _log(cache: Component, kind: str, settings: AwsSettings) -> aws.cloudwatch.LogGroup:
    return aws.cloudwatch.LogGroup(
        cache.part(kind),
        name=f"/archkit/{pulumi.get_stack()}/{cache.component_name}/{kind}",
        retention_in_days=settings.log_retention_days,
        tags=tags(cache, kind),
        opts=pulumi.ResourceOptions(parent=cache),
    )
