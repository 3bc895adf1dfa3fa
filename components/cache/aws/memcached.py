"""Memcached: nodes that share the keys; clients hash."""

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsPlacement
from components.aws.tags import tags
from components.cache.aws.sizes import node_type
from components.cache.contract import CacheArgs, Eviction
from components.connect import Component
from components.settings import AwsSettings

ENGINE, VERSION, FAMILY = "memcached", "1.6.22", "memcached1.6"
PORT = 11211


def memcached(
    cache: Component, args: CacheArgs, placement: AwsPlacement, guard: aws.ec2.SecurityGroup, settings: AwsSettings
) -> aws.elasticache.Cluster:
    """Makes the cluster. It has no users and no key: it writes nothing to a disk, and its group keeps others out."""
    under = pulumi.ResourceOptions(parent=cache)
    nodes = args.effective_nodes
    subnets = aws.elasticache.SubnetGroup(
        cache.part("subnets"), subnet_ids=placement.data_subnet_ids, tags=tags(cache, "subnets"), opts=under
    )
    refuses = "1" if args.effective_eviction is Eviction.NOEVICTION else "0"
    parameters = aws.elasticache.ParameterGroup(
        cache.part("parameters"),
        family=FAMILY,
        description=f"{pulumi.get_stack()} {cache.component_name}",
        parameters=[aws.elasticache.ParameterGroupParameterArgs(name="error_on_memory_exhausted", value=refuses)],
        tags=tags(cache, "parameters"),
        opts=under,
    )
    return aws.elasticache.Cluster(
        cache.part("cluster"),
        engine=ENGINE,
        engine_version=VERSION,
        node_type=node_type(args.engine, args.memory_mebibytes),
        num_cache_nodes=nodes,
        az_mode="cross-az" if nodes > 1 else "single-az",
        preferred_availability_zones=[placement.zones[number % len(placement.zones)] for number in range(nodes)],
        port=PORT,
        parameter_group_name=parameters.name,
        subnet_group_name=subnets.name,
        security_group_ids=[guard.id],
        transit_encryption_enabled=True,
        maintenance_window=settings.cache.maintenance_window,
        tags=tags(cache, "cluster"),
        opts=under,
    )
