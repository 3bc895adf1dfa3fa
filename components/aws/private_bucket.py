"""A bucket that nobody reaches but by its policy: private, encrypted, versioned."""

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component

INCOMPLETE_UPLOAD_DAYS = 7


def private_bucket(
    component: Component, role: str, *, removable: bool, noncurrent_days: int, region: str | None = None
) -> tuple[aws.s3.Bucket, pulumi.Resource]:
    """Makes the bucket; gives it and what has to be there before anything refers to its versions.

    Encrypted with keys that S3 manages: with a customer's key CloudFront would need that key's policy to name the
    distribution, which in turn needs the bucket.

    Args:
        component: Whose it is.
        role: Name of the bucket's part: `files`.
        removable: It goes with its content.
        noncurrent_days: How long an overwritten or deleted object can be brought back.
        region: Where it is, if not in the stack's region.

    """
    under = pulumi.ResourceOptions(parent=component)
    bucket = aws.s3.Bucket(
        component.part(role), force_destroy=removable, region=region, tags=tags(component, role), opts=under
    )
    private = aws.s3.BucketPublicAccessBlock(
        component.part(f"{role}-private"),
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        region=region,
        opts=under,
    )
    # Two changes of a bucket's access at once fail: "A conflicting conditional operation is in progress".
    aws.s3.BucketOwnershipControls(
        component.part(f"{role}-ownership"),
        bucket=bucket.id,
        rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        region=region,
        opts=pulumi.ResourceOptions(parent=component, depends_on=[private]),
    )
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
        region=region,
        opts=under,
    )
    versioning = aws.s3.BucketVersioning(
        component.part(f"{role}-versioning"),
        bucket=bucket.id,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        region=region,
        opts=under,
    )
    _tidy(component, role, bucket, versioning, noncurrent_days=noncurrent_days, region=region)
    return bucket, versioning


def _tidy(
    component: Component,
    role: str,
    bucket: aws.s3.Bucket,
    versioning: pulumi.Resource,
    *,
    noncurrent_days: int,
    region: str | None,
) -> None:
    aws.s3.BucketLifecycleConfiguration(
        component.part(f"{role}-lifecycle"),
        bucket=bucket.id,
        rules=[
            aws.s3.BucketLifecycleConfigurationRuleArgs(
                id="tidy",
                status="Enabled",
                filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                    noncurrent_days=noncurrent_days
                ),
                abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                    days_after_initiation=INCOMPLETE_UPLOAD_DAYS
                ),
            )
        ],
        region=region,
        # A rule on noncurrent versions needs versions (provider documentation, BucketLifecycleConfiguration).
        opts=pulumi.ResourceOptions(parent=component, depends_on=[versioning]),
    )
