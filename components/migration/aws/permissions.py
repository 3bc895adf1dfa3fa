"""What the function may do: read the owner's secret, write its log, have interfaces in the subnets."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsAccess
from components.aws.partition import partition
from components.aws.tags import tags
from components.connect import Component
from components.settings import AwsSettings


def role(
    migration: Component, log_group: aws.cloudwatch.LogGroup, access: AwsAccess, settings: AwsSettings
) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    """Makes the function's role; gives it, and the permissions that it has to have before the function is made."""
    under = pulumi.ResourceOptions(parent=migration)
    made = aws.iam.Role(
        migration.part("role"),
        assume_role_policy=json.dumps(
            _document([{**_allow("sts:AssumeRole"), "Principal": {"Service": "lambda.amazonaws.com"}}])
        ),
        description=f"Migrations: {migration.component_name}",
        tags=tags(migration, "role"),
        opts=under,
    )
    # Interfaces in a VPC know no resource when they are made (AWS Lambda Developer Guide, "Execution role").
    managed = f"arn:{partition(settings.region).name}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess"
    interfaces = aws.iam.RolePolicyAttachment(
        migration.part("interfaces"), role=made.name, policy_arn=managed, opts=under
    )
    streams = pulumi.Output.concat(log_group.arn, ":*")
    statements: list[Any] = [
        {**_allow("logs:CreateLogStream", "logs:PutLogEvents"), "Resource": streams},
        {**_allow("secretsmanager:GetSecretValue"), "Resource": access.secret_arn},
        *access.statements,
    ]
    permissions = aws.iam.RolePolicy(
        migration.part("permissions"),
        role=made.id,
        policy=pulumi.Output.json_dumps(_document(statements)),
        opts=under,
    )
    return made, [interfaces, permissions]


def _allow(*actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions[0] if len(actions) == 1 else list(actions)}


def _document(statements: list[Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}
