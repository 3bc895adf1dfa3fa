"""Who may connect to the instances of a service, and to whom they may connect."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsAccess
from components.aws.tags import tags
from components.connect import Component

GROUP = "instances"


def security_group(service: Component, vpc_id: pulumi.Input[str]) -> aws.ec2.SecurityGroup:
    """Makes the group that lets nobody in (a load balancer adds itself) and lets HTTPS out: registry, logs, SSM.

    Name resolution, time and metadata are the VPC's own and pass no security group.
    """
    group = aws.ec2.SecurityGroup(
        service.part(GROUP),
        description=f"Instances of {service.component_name}",
        vpc_id=vpc_id,
        tags=tags(service, GROUP),
        opts=pulumi.ResourceOptions(parent=service),
    )
    aws.vpc.SecurityGroupEgressRule(
        service.part("https-out"),
        security_group_id=group.id,
        description="HTTPS, to registries and the services of AWS",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4="0.0.0.0/0",
        tags=tags(service, "https-out"),
        opts=pulumi.ResourceOptions(parent=service),
    )
    return group


def let_in(service: Component, group: aws.ec2.SecurityGroup, links: Sequence[tuple[Component, AwsAccess]]) -> None:
    """Opens the way to each link: out of this group, and into the link's."""
    for link, access in links:
        role = f"to-{link.component_name}"
        aws.vpc.SecurityGroupEgressRule(
            service.part(role),
            security_group_id=group.id,
            referenced_security_group_id=access.security_group_id,
            description=f"{service.component_name} to {link.component_name}",
            ip_protocol="tcp",
            from_port=access.port,
            to_port=access.port,
            tags=tags(service, role),
            opts=pulumi.ResourceOptions(parent=service),
        )
        aws.vpc.SecurityGroupIngressRule(
            service.part(f"into-{link.component_name}"),
            security_group_id=access.security_group_id,
            referenced_security_group_id=group.id,
            description=f"{service.component_name} to {link.component_name}",
            ip_protocol="tcp",
            from_port=access.port,
            to_port=access.port,
            tags=tags(service, f"into-{link.component_name}"),
            opts=pulumi.ResourceOptions(parent=service),
        )
