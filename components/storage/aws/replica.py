"""A second copy of the files in another region."""

import json

import pulumi
import pulumi_aws as aws

from components.aws.private_bucket import private_bucket
from components.aws.tags import tags
from components.connect import Component
from components.profile import Profile
from components.settings import AwsSettings

NONCURRENT_DAYS = 90


def replicate(
    storage: Component, bucket: aws.s3.Bucket, versioning: pulumi.Resource, settings: AwsSettings
) -> aws.s3.BucketReplicationConfig | None:
    """Makes the copy where the settings ask for one; deletions are copied too, and both keep old versions."""
    region = settings.storage_replica_region
    if region is None:
        return None
    copy, copy_versioning = private_bucket(
        storage,
        "replica",
        removable=settings.profile is not Profile.PROD,
        noncurrent_days=NONCURRENT_DAYS,
        region=region,
    )
    role = _role(storage, bucket, copy)
    return aws.s3.BucketReplicationConfig(
        storage.part("replication-rules"),
        bucket=bucket.id,
        role=role.arn,
        rules=[
            aws.s3.BucketReplicationConfigRuleArgs(
                id="all",
                status="Enabled",
                priority=0,
                filter=aws.s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
                delete_marker_replication=aws.s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(
                    status="Enabled"
                ),
                destination=aws.s3.BucketReplicationConfigRuleDestinationArgs(
                    bucket=copy.arn, storage_class="STANDARD_IA"
                ),
            )
        ],
        # Refused until both buckets have versions.
        opts=pulumi.ResourceOptions(parent=storage, depends_on=[versioning, copy_versioning]),
    )


def _role(storage: Component, bucket: aws.s3.Bucket, copy: aws.s3.Bucket) -> aws.iam.Role:
    role = aws.iam.Role(
        storage.part("replication"),
        assume_role_policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "s3.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
        tags=tags(storage, "replication"),
        opts=pulumi.ResourceOptions(parent=storage),
    )
    aws.iam.RolePolicy(
        storage.part("replication-policy"),
        role=role.id,
        policy=pulumi.Output.all(bucket.arn, copy.arn).apply(lambda arns: _document(*arns)),
        opts=pulumi.ResourceOptions(parent=storage),
    )
    return role


def _document(source: str, copy: str) -> str:
    read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    write = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    statements = [
        {"Effect": "Allow", "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"], "Resource": source},
        {"Effect": "Allow", "Action": read, "Resource": f"{source}/*"},
        {"Effect": "Allow", "Action": write, "Resource": f"{copy}/*"},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
