"""What each instance is: the launch template."""

import base64
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component
from components.settings import Architecture

ROOT_DEVICE = "/dev/xvda"  # Amazon Linux 2023
ROOT_GIBIBYTES = 20
IMAGE_PARAMETERS = {
    Architecture.X86_64: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    Architecture.ARM64: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
}


@dataclass(frozen=True, kw_only=True)
class Launch:
    """What differs from service to service.

    Args:
        instance_type: As EC2 names it.
        architecture: Of the instance and its image.
        profile: Whose permissions instances have.
        security_group: That guards them.
        user_data: The cloud-init document, as text.

    """

    instance_type: str
    architecture: Architecture
    profile: aws.iam.InstanceProfile
    security_group: aws.ec2.SecurityGroup
    user_data: pulumi.Output[str]


def launch_template(service: Component, launch: Launch) -> aws.ec2.LaunchTemplate:
    """Makes the template: the newest Amazon Linux 2023, metadata by token only, encrypted disk, no SSH key.

    Booleans of some fields are texts: the provider's schema says string there, and a bool shows as a change for ever.
    """
    return aws.ec2.LaunchTemplate(
        service.part("template"),
        description=f"Instances of {service.component_name}",
        image_id=_newest_image(service, launch.architecture),
        instance_type=launch.instance_type,
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(arn=launch.profile.arn),
        vpc_security_group_ids=[launch.security_group.id],
        user_data=launch.user_data.apply(lambda text: base64.b64encode(text.encode()).decode()),
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled",
            http_tokens="required",
            # The application's container stands behind a bridge: its packets make one hop more than the host's.
            http_put_response_hop_limit=2,
            instance_metadata_tags="disabled",
        ),
        block_device_mappings=[
            aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name=ROOT_DEVICE,
                ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                    volume_type="gp3", volume_size=ROOT_GIBIBYTES, encrypted="true", delete_on_termination="true"
                ),
            )
        ],
        ebs_optimized="true",
        monitoring=aws.ec2.LaunchTemplateMonitoringArgs(enabled=True),  # one minute: target tracking decides on it
        tag_specifications=[
            # The provider's default tags do not reach what a group launches; instances get theirs from the group.
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type="volume", tags=tags(service, "replica"))
        ],
        update_default_version=True,
        tags=tags(service, "template"),
        opts=pulumi.ResourceOptions(parent=service),
    )


def _newest_image(service: Component, architecture: Architecture) -> str:
    """Resolved at deployment: with `resolve:ssm` in the template, an instance refresh could not roll back."""
    parameter = aws.ssm.get_parameter(name=IMAGE_PARAMETERS[architecture], opts=pulumi.InvokeOptions(parent=service))
    return parameter.insecure_value  # `value` is a secret for the provider, and would hide the template's change
