"""What instances of a service may do: pull their image, write their log, use their links, answer Session Manager."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsAccess, AwsPullable
from components.aws.partition import partition
from components.aws.tags import tags
from components.connect import Component
from components.settings import AwsSettings


def instance_profile(
    service: Component,
    *,
    image: AwsPullable,
    log_group: aws.cloudwatch.LogGroup,
    accesses: Sequence[AwsAccess],
    settings: AwsSettings,
) -> aws.iam.InstanceProfile:
    """Makes the role of the instances, with nothing beyond what this service uses, and its profile."""
    under = pulumi.ResourceOptions(parent=service)
    role = aws.iam.Role(
        service.part("role"),
        assume_role_policy=_document([{**_allow("sts:AssumeRole"), "Principal": {"Service": "ec2.amazonaws.com"}}]),
        description=f"Instances of {service.component_name}",
        tags=tags(service, "role"),
        opts=under,
    )
    managed = f"arn:{partition(settings.region).name}:iam::aws:policy/AmazonSSMManagedInstanceCore"
    session = aws.iam.RolePolicyAttachment(
        service.part("session-manager"), role=role.name, policy_arn=managed, opts=under
    )
    policy = aws.iam.RolePolicy(
        service.part("permissions"),
        role=role.id,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [*_pull(image), _write_log(log_group), *_use(accesses)],
            }
        ),
        opts=under,
    )
    return aws.iam.InstanceProfile(
        service.part("profile"),
        role=role.name,
        tags=tags(service, "profile"),
        # An instance that starts before its role may pull would wait for the next try.
        opts=pulumi.ResourceOptions(parent=service, depends_on=[session, policy]),
    )


def _pull(image: AwsPullable) -> list[Mapping[str, Any]]:
    if image.repository_arn is None:
        return []
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return [
        # The token is the registry's; this action knows no resource (Service Authorization Reference, Amazon ECR).
        {**_allow("ecr:GetAuthorizationToken"), "Resource": "*"},
        {**_allow(*actions), "Resource": image.repository_arn},
    ]


def _write_log(log_group: aws.cloudwatch.LogGroup) -> Mapping[str, Any]:
    streams = pulumi.Output.concat(log_group.arn, ":*")
    return {**_allow("logs:CreateLogStream", "logs:PutLogEvents"), "Resource": streams}


def _use(accesses: Sequence[AwsAccess]) -> list[Mapping[str, Any]]:
    secrets = [access.secret_arn for access in accesses if access.secret_arn is not None]
    reading = [{**_allow("secretsmanager:GetSecretValue"), "Resource": secrets}] if secrets else []
    return [*reading, *(statement for access in accesses for statement in access.statements)]


def _allow(*actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions[0] if len(actions) == 1 else list(actions)}


def _document(statements: Sequence[Mapping[str, Any]]) -> str:

    return json.dumps({"Version": "2012-10-17", "Statement": statements})
