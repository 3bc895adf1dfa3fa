"""A customer's key: who may use it is ours to say and to see, and it rotates."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.partition import partition
from components.aws.tags import tags
from components.connect import Component
from components.profile import Profile
from components.settings import AwsSettings

ROTATION_DAYS = 365
PROD_WINDOW_DAYS, DEV_WINDOW_DAYS = 30, 7  # AWS KMS API, ScheduleKeyDeletion: PendingWindowInDays, 7 to 30


def customer_key(
    component: Component,
    role: str,
    *,
    settings: AwsSettings,
    region: str | None = None,
    allow: Sequence[Mapping[str, Any]] = (),
) -> aws.kms.Key:
    """Makes a key that IAM decides over, and that services may use as `allow` says.

    Args:
        component: Whose data it encrypts.
        role: Name of the key's part: `key`.
        settings: Its profile says how long a deleted key can be taken back, and with it the data.
        region: Where it is; None: the stack's.
        allow: Statements of the key's policy beyond the account's own.

    """
    account = aws.get_caller_identity(opts=pulumi.InvokeOptions(parent=component)).account_id
    root = f"arn:{partition(settings.region).name}:iam::{account}:root"
    own = {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
    return aws.kms.Key(
        component.part(role),
        description=f"{pulumi.get_stack()} {component.component_name}: {role}",
        enable_key_rotation=True,
        rotation_period_in_days=ROTATION_DAYS,
        deletion_window_in_days=PROD_WINDOW_DAYS if settings.profile is Profile.PROD else DEV_WINDOW_DAYS,
        policy=json.dumps({"Version": "2012-10-17", "Statement": [own, *allow]}),
        region=region,
        tags=tags(component, role),
        opts=pulumi.ResourceOptions(parent=component),
    )
