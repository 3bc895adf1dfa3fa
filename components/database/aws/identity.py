"""Who is who: the cluster's fixed name, and who may log on as the application's role."""

import re
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.partition import partition
from components.connect import Component
from components.database.contract import USER
from components.settings import AwsSettings

_PROXY = re.compile(r"^arn:.*:db-proxy:(prx-[^:]+)$")


def identifier(name: str) -> str:
    """What the cluster, and its pool, are called in RDS: the same at every run."""
    return f"{pulumi.get_stack()}-{name}"


def connect(database: Component, resource_id: pulumi.Input[str], settings: AwsSettings) -> Mapping[str, Any]:
    """The statement that lets a role log on as the application, and as nobody else.

    Args:
        database: Whose part asks for the account's id.
        resource_id: Of the cluster (`cluster-ABC`), or of the proxy (`prx-ABC`): neither is the name.
        settings: Where it is.

    """
    account = aws.get_caller_identity(opts=pulumi.InvokeOptions(parent=database)).account_id
    prefix = f"arn:{partition(settings.region).name}:rds-db:{settings.region}:{account}:dbuser:"
    return {
        "Effect": "Allow",
        "Action": "rds-db:connect",
        "Resource": pulumi.Output.concat(prefix, resource_id, f"/{USER}"),
    }


def proxy_resource_id(proxy: aws.rds.Proxy) -> pulumi.Output[str]:
    """`prx-ABC`: no output of its own, but the end of the ARN."""
    return proxy.arn.apply(lambda arn: _PROXY.sub(r"\1", arn))
