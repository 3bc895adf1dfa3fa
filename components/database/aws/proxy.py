"""The pool: RDS Proxy, with an endpoint for the writer and one for readers."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsPlacement
from components.aws.data_group import data_group
from components.aws.tags import tags
from components.connect import Component
from components.database.aws import identity
from components.database.aws.cluster import PORT
from components.settings import AwsSettings

BORROW_SECONDS = 5  # who waits longer for a connection is told so while its client still listens
IDLE_CLIENT_SECONDS = 1_800


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Args: `proxy`, whose own endpoint is the writer's; `reader`; `group` that guards both."""

    proxy: aws.rds.Proxy
    reader: aws.rds.ProxyEndpoint
    group: aws.ec2.SecurityGroup


def pool(
    database: Component,
    placement: AwsPlacement,
    cluster: aws.rds.Cluster,
    members: Sequence[aws.rds.ClusterInstance],
    *,
    guarded_by: aws.ec2.SecurityGroup,
    settings: AwsSettings,
) -> Pool:
    """Makes the proxy. It logs on to the database as whoever logs on to it, by IAM: there is no password to keep."""
    under = pulumi.ResourceOptions(parent=database)
    group = data_group(database, "pool-guard", placement.vpc_id)
    _way(database, group, guarded_by)
    log = aws.cloudwatch.LogGroup(
        database.part("log-pool"),
        name=f"/aws/rds/proxy/{identity.identifier(database.component_name)}",
        retention_in_days=settings.log_retention_days,
        tags=tags(database, "log-pool"),
        opts=under,
    )
    role = _role(database, cluster, settings)
    proxy = aws.rds.Proxy(
        database.part("pool"),
        name=identity.identifier(database.component_name),
        engine_family="POSTGRESQL",
        default_auth_scheme="IAM_AUTH",
        require_tls=True,
        role_arn=role.arn,
        vpc_subnet_ids=placement.data_subnet_ids,
        vpc_security_group_ids=[group.id],
        idle_client_timeout=IDLE_CLIENT_SECONDS,
        tags=tags(database, "pool"),
        opts=pulumi.ResourceOptions(parent=database, depends_on=[log]),
    )
    targets = aws.rds.ProxyDefaultTargetGroup(
        database.part("pool-targets"),
        db_proxy_name=proxy.name,
        connection_pool_config=aws.rds.ProxyDefaultTargetGroupConnectionPoolConfigArgs(
            connection_borrow_timeout=BORROW_SECONDS,
            max_connections_percent=80,  # migrations and people go past the pool
            max_idle_connections_percent=40,
        ),
        opts=under,
    )
    aws.rds.ProxyTarget(
        database.part("pool-target"),
        db_proxy_name=proxy.name,
        target_group_name=targets.name,
        db_cluster_identifier=cluster.cluster_identifier,
        # Registering a cluster that has no instance yet fails.
        opts=pulumi.ResourceOptions(parent=database, depends_on=list(members)),
    )
    reader = aws.rds.ProxyEndpoint(
        database.part("pool-reader"),
        db_proxy_name=proxy.name,
        db_proxy_endpoint_name=f"{identity.identifier(database.component_name)}-reader",
        target_role="READ_ONLY",
        vpc_subnet_ids=placement.data_subnet_ids,
        vpc_security_group_ids=[group.id],
        tags=tags(database, "pool-reader"),
        opts=under,
    )
    return Pool(proxy=proxy, reader=reader, group=group)


def _way(database: Component, group: aws.ec2.SecurityGroup, into: aws.ec2.SecurityGroup) -> None:
    description = f"Pool of {database.component_name} to its members"
    aws.vpc.SecurityGroupEgressRule(
        database.part("pool-to-members"),
        security_group_id=group.id,
        referenced_security_group_id=into.id,
        description=description,
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        tags=tags(database, "pool-to-members"),
        opts=pulumi.ResourceOptions(parent=database),
    )
    aws.vpc.SecurityGroupIngressRule(
        database.part("pool-into-members"),
        security_group_id=into.id,
        referenced_security_group_id=group.id,
        description=description,
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        tags=tags(database, "pool-into-members"),
        opts=pulumi.ResourceOptions(parent=database),
    )


def _role(database: Component, cluster: aws.rds.Cluster, settings: AwsSettings) -> aws.iam.Role:
    account = aws.get_caller_identity(opts=pulumi.InvokeOptions(parent=database)).account_id
    role = aws.iam.Role(
        database.part("pool-role"),
        assume_role_policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": "rds.amazonaws.com"},
                        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                    }
                ],
            }
        ),
        description=f"Pool of {database.component_name}",
        tags=tags(database, "pool-role"),
        opts=pulumi.ResourceOptions(parent=database),
    )
    aws.iam.RolePolicy(
        database.part("pool-permissions"),
        role=role.id,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [identity.connect(database, cluster.cluster_resource_id, settings)],
            }
        ),
        opts=pulumi.ResourceOptions(parent=database),
    )
    return role
