"""Whom the function may connect to: the cluster, and the services of AWS."""

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsAccess, AwsPlacement
from components.aws.tags import tags
from components.connect import Component


def security_group(
    migration: Component, placement: AwsPlacement, database: Component, access: AwsAccess
) -> aws.ec2.SecurityGroup:
    """Makes the group of the function's interfaces, the way out of it, and the way into the database's own."""
    under = pulumi.ResourceOptions(parent=migration)
    group = aws.ec2.SecurityGroup(
        migration.part("guard"),
        description=f"Migrations of {database.component_name}",
        vpc_id=placement.vpc_id,
        tags=tags(migration, "guard"),
        opts=under,
    )
    aws.vpc.SecurityGroupEgressRule(
        migration.part("https-out"),
        security_group_id=group.id,
        description="HTTPS, to Secrets Manager and the authorities of RDS",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4="0.0.0.0/0",
        tags=tags(migration, "https-out"),
        opts=under,
    )
    said = f"{migration.component_name} to {database.component_name}"
    to, into = f"to-{database.component_name}", f"into-{database.component_name}"
    aws.vpc.SecurityGroupEgressRule(
        migration.part(to),
        security_group_id=group.id,
        referenced_security_group_id=access.security_group_id,
        description=said,
        ip_protocol="tcp",
        from_port=access.port,
        to_port=access.port,
        tags=tags(migration, to),
        opts=under,
    )
    aws.vpc.SecurityGroupIngressRule(
        migration.part(into),
        security_group_id=access.security_group_id,
        referenced_security_group_id=group.id,
        description=said,
        ip_protocol="tcp",
        from_port=access.port,
        to_port=access.port,
        tags=tags(migration, into),
        opts=under,
    )
    return group
