"""A private bucket that an AWS service writes its logs to."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component
from components.profile import Profile
from components.settings import AwsSettings

NONCURRENT_DAYS = 30  # how long an overwritten or deleted log can still be read
INCOMPLETE_UPLOAD_DAYS = 7

Statements = Callable[[str, str], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class LogBucket:
    """Args: `bucket`; `policy`: who writes to it depends on the policy, or its first log is refused."""

    bucket: aws.s3.Bucket
    policy: aws.s3.BucketPolicy


def log_bucket(component: Component, role: str, *, settings: AwsSettings, allow: Statements) -> LogBucket:
    """Makes the bucket: encrypted, private, TLS only, versioned, emptied by age.

    Encrypted with keys that S3 manages: an Application Load Balancer can write to no other (guide of Elastic Load
    Balancing, "Access logs", bucket requirements).

    Args:
        component: Whose logs they are.
        role: Name of the bucket's part: `flow-logs`.
        settings: Its profile and retention; outside of `prod` the bucket goes with its content.
        allow: From the bucket's ARN and the account's id, the statements that let the service write.

    """
    under = pulumi.ResourceOptions(parent=component)
    bucket = aws.s3.Bucket(
        component.part(role),
        force_destroy=settings.profile is not Profile.PROD,
        tags=tags(component, role),
        opts=under,
    )
    private = aws.s3.BucketPublicAccessBlock(
        component.part(f"{role}-private"),
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=under,
    )
    _keep(component, role, bucket, settings.log_retention_days)
    account = aws.get_caller_identity(opts=pulumi.InvokeOptions(parent=component)).account_id
    policy = aws.s3.BucketPolicy(
        component.part(f"{role}-policy"),
        bucket=bucket.id,
        policy=bucket.arn.apply(lambda arn: _document(arn, allow(arn, account))),
        # Two changes of a bucket's access at once fail: "A conflicting conditional operation is in progress".
        opts=pulumi.ResourceOptions(parent=component, depends_on=[private]),
    )
    return LogBucket(bucket=bucket, policy=policy)


def _keep(component: Component, role: str, bucket: aws.s3.Bucket, days: int) -> None:
    under = pulumi.ResourceOptions(parent=component)
    aws.s3.BucketServerSideEncryptionConfiguration(
        component.part(f"{role}-encryption"),
        bucket=bucket.id,
        rules=[
            aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                    sse_algorithm="AES256"
                )
            )
        ],
        opts=under,
    )
    versioning = aws.s3.BucketVersioning(
        component.part(f"{role}-versioning"),
        bucket=bucket.id,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=under,
    )
    aws.s3.BucketLifecycleConfiguration(
        component.part(f"{role}-lifecycle"),
        bucket=bucket.id,
        rules=[
            aws.s3.BucketLifecycleConfigurationRuleArgs(
                id="expire",
                status="Enabled",
                filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days),
                noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                    noncurrent_days=NONCURRENT_DAYS
                ),
                abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                    days_after_initiation=INCOMPLETE_UPLOAD_DAYS
                ),
            )
        ],
        # A rule on noncurrent versions needs versions (provider documentation, BucketLifecycleConfiguration).
        opts=pulumi.ResourceOptions(parent=component, depends_on=[versioning]),
    )


def _document(arn: str, allowed: Sequence[Mapping[str, Any]]) -> str:
    tls_only = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [tls_only, *allowed]})
