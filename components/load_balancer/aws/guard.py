"""Who may connect to the load balancer, and to whom it connects."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsBackend
from components.aws.tags import tags
from components.connect import Component

GROUP = "public"


def security_group(balancer: Component, vpc_id: pulumi.Input[str], ports: Sequence[int]) -> aws.ec2.SecurityGroup:
    """Makes the group that lets the world in on the given ports."""
    group = aws.ec2.SecurityGroup(
        balancer.part(GROUP),
        description=f"Load balancer {balancer.component_name}",
        vpc_id=vpc_id,
        tags=tags(balancer, GROUP),
        opts=pulumi.ResourceOptions(parent=balancer),
    )
    for port in ports:
        role = f"from-world-{port}"
        aws.vpc.SecurityGroupIngressRule(
            balancer.part(role),
            security_group_id=group.id,
            description="Anybody",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4="0.0.0.0/0",
            tags=tags(balancer, role),
            opts=pulumi.ResourceOptions(parent=balancer),
        )
    return group


def let_through(balancer: Component, group: aws.ec2.SecurityGroup, backends: Mapping[str, AwsBackend]) -> None:
    """Opens the way to each service, and no other: out of this group, and into the service's; health checks use it."""
    for name, backend in backends.items():
        access = backend.access
        description = f"{balancer.component_name} to {name}"
        aws.vpc.SecurityGroupEgressRule(
            balancer.part(f"to-{name}"),
            security_group_id=group.id,
            referenced_security_group_id=access.security_group_id,
            description=description,
            ip_protocol="tcp",
            from_port=access.port,
            to_port=access.port,
            tags=tags(balancer, f"to-{name}"),
            opts=pulumi.ResourceOptions(parent=balancer),
        )
        aws.vpc.SecurityGroupIngressRule(
            balancer.part(f"into-{name}"),
            security_group_id=access.security_group_id,
            referenced_security_group_id=group.id,
            description=description,
            ip_protocol="tcp",
            from_port=access.port,
            to_port=access.port,
            tags=tags(balancer, f"into-{name}"),
            opts=pulumi.ResourceOptions(parent=balancer),
        )
