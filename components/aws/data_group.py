"""Who may connect to what keeps data: nobody, until a link says so."""

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component


def data_group(component: Component, role: str, vpc_id: pulumi.Input[str]) -> aws.ec2.SecurityGroup:
    """Makes a group without rules; who is linked adds the one that lets it in, and nothing goes out."""
    return aws.ec2.SecurityGroup(
        component.part(role),
        description=f"{component.component_name}: {role}",
        vpc_id=vpc_id,
        tags=tags(component, role),
        opts=pulumi.ResourceOptions(parent=component),
    )
