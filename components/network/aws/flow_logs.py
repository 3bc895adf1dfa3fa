"""Who talked to whom: one line per connection and minute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.log_bucket import LogBucket, log_bucket
from components.aws.partition import partition
from components.aws.tags import tags
from components.connect import Component
from components.settings import AwsSettings

ROLE = "flow-logs"
AGGREGATION_SECONDS = 60  # the shorter of the two that AWS offers; the other, 600 s, hides a short scan


@dataclass(frozen=True, kw_only=True)
class FlowLogs:
    """Args: `log`; `bucket`: where it is kept."""

    log: aws.ec2.FlowLog
    bucket: LogBucket


def flow_logs(network: Component, vpc: aws.ec2.Vpc, settings: AwsSettings) -> FlowLogs:
    """Writes accepted and refused connections to a bucket, hourly, as Parquet: what Athena reads at least cost."""
    bucket = log_bucket(
        network, ROLE, settings=settings, allow=lambda arn, account: _delivery(arn, account, settings.region)
    )
    log = aws.ec2.FlowLog(
        network.part("flow-log"),
        vpc_id=vpc.id,
        traffic_type="ALL",
        max_aggregation_interval=AGGREGATION_SECONDS,
        log_destination_type="s3",
        log_destination=bucket.bucket.arn,
        destination_options=aws.ec2.FlowLogDestinationOptionsArgs(
            file_format="parquet", hive_compatible_partitions=False, per_hour_partition=True
        ),
        tags=tags(network, "flow-log"),
        opts=pulumi.ResourceOptions(parent=network, depends_on=[bucket.policy]),
    )
    return FlowLogs(log=log, bucket=bucket)


def _delivery(arn: str, account: str, region: str) -> Sequence[Mapping[str, Any]]:
    """What log delivery needs, for this account's logs only (VPC guide, "Bucket permissions for flow logs")."""
    source = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:{partition(region).name}:logs:{region}:{account}:*"},
    }
    principal = {"Service": "delivery.logs.amazonaws.com"}
    return [
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Principal": principal,
            "Action": "s3:PutObject",
            "Resource": f"{arn}/AWSLogs/{account}/*",
            "Condition": {
                **source,
                "StringEquals": {**source["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"},
            },
        },
        {
            "Sid": "Check",
            "Effect": "Allow",
            "Principal": principal,
            "Action": "s3:GetBucketAcl",
            "Resource": arn,
            "Condition": source,
        },
    ]
