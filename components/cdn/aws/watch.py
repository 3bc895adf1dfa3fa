"""What is seen of a distribution: its log, and alarms on errors and slow origins. All of it is in us-east-1."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.log_bucket import log_bucket
from components.aws.tags import tags
from components.connect import Component
from components.settings import AwsSettings

REGION = "us-east-1"  # CloudFront guide, "Standard logging (v2)" and "Monitor CloudFront with CloudWatch"
LOGS = "logs"
PERIOD_SECONDS, PERIODS = 60, 5
SERVER_ERRORS_PERCENT, CLIENT_ERRORS_PERCENT = 1.0, 25.0
SLOW_MILLISECONDS = 2_000.0


def access_log(cdn: Component, distribution: aws.cloudfront.Distribution, settings: AwsSettings) -> None:
    """Delivers what was asked for to a bucket, as JSON, by day and hour."""
    under = pulumi.ResourceOptions(parent=cdn)
    logs = log_bucket(cdn, LOGS, settings=settings, allow=_delivery)
    source = aws.cloudwatch.LogDeliverySource(
        cdn.part("log-source"),
        name=f"{pulumi.get_stack()}-{cdn.component_name}",
        log_type="ACCESS_LOGS",
        resource_arn=distribution.arn,
        region=REGION,
        tags=tags(cdn, "log-source"),
        opts=under,
    )
    destination = aws.cloudwatch.LogDeliveryDestination(
        cdn.part("log-destination"),
        name=f"{pulumi.get_stack()}-{cdn.component_name}",
        output_format="json",
        delivery_destination_configuration=aws.cloudwatch.LogDeliveryDestinationDeliveryDestinationConfigurationArgs(
            destination_resource_arn=logs.bucket.arn
        ),
        region=REGION,
        tags=tags(cdn, "log-destination"),
        opts=pulumi.ResourceOptions(parent=cdn, depends_on=[logs.policy]),
    )
    aws.cloudwatch.LogDelivery(
        cdn.part("log-delivery"),
        delivery_source_name=source.name,
        delivery_destination_arn=destination.arn,
        s3_delivery_configurations=[
            aws.cloudwatch.LogDeliveryS3DeliveryConfigurationArgs(
                suffix_path="/{DistributionId}/{yyyy}/{MM}/{dd}/{HH}", enable_hive_compatible_path=False
            )
        ],
        region=REGION,
        tags=tags(cdn, "log-delivery"),
        opts=under,
    )


def alarms(cdn: Component, distribution: aws.cloudfront.Distribution, settings: AwsSettings) -> pulumi.Output[str]:
    """Makes the alarms; gives the ARN of the topic they tell, which is made unless the settings name one."""
    under = pulumi.ResourceOptions(parent=cdn)
    aws.cloudfront.MonitoringSubscription(
        cdn.part("monitoring"),  # without it there is no OriginLatency
        distribution_id=distribution.id,
        monitoring_subscription=aws.cloudfront.MonitoringSubscriptionMonitoringSubscriptionArgs(
            realtime_metrics_subscription_config=aws.cloudfront.MonitoringSubscriptionMonitoringSubscriptionRealtimeMetricsSubscriptionConfigArgs(
                realtime_metrics_subscription_status="Enabled"
            )
        ),
        opts=under,
    )
    topic = (
        pulumi.Output.from_input(settings.cdn_alarm_topic_arn)
        if settings.cdn_alarm_topic_arn
        # Not encrypted by `alias/aws/sns`: CloudWatch may not use that key, and no alarm would arrive.
        else aws.sns.Topic(cdn.part("alarms"), region=REGION, tags=tags(cdn, "alarms"), opts=under).arn
    )
    for role, metric, above, statistic in (
        ("server-errors", "5xxErrorRate", SERVER_ERRORS_PERCENT, "Average"),
        ("client-errors", "4xxErrorRate", CLIENT_ERRORS_PERCENT, "Average"),
        ("origin-latency", "OriginLatency", SLOW_MILLISECONDS, "p99"),
    ):
        _alarm(cdn, distribution, topic, role, metric, above=above, statistic=statistic)
    return topic


def _alarm(
    cdn: Component,
    distribution: aws.cloudfront.Distribution,
    topic: pulumi.Output[str],
    role: str,
    metric: str,
    *,
    above: float,
    statistic: str,
) -> None:
    percentile = statistic.startswith("p")
    aws.cloudwatch.MetricAlarm(
        cdn.part(role),
        alarm_description=f"{cdn.component_name}: {metric} above {above:g} in {PERIODS} minutes running",
        namespace="AWS/CloudFront",
        metric_name=metric,
        dimensions={"DistributionId": distribution.id, "Region": "Global"},
        statistic=None if percentile else statistic,
        extended_statistic=statistic if percentile else None,
        comparison_operator="GreaterThanThreshold",
        threshold=above,
        period=PERIOD_SECONDS,
        evaluation_periods=PERIODS,
        datapoints_to_alarm=PERIODS,
        treat_missing_data="notBreaching",  # no request, no figure: silence at night is no alarm
        alarm_actions=[topic],
        ok_actions=[topic],
        region=REGION,
        tags=tags(cdn, role),
        opts=pulumi.ResourceOptions(parent=cdn),
    )


def _delivery(arn: str, account: str) -> Sequence[Mapping[str, Any]]:
    # CloudFront guide, "Standard logging (v2)": permissions for a bucket of the same account.
    return [
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{arn}/AWSLogs/{account}/CloudFront/*",
            "Condition": {
                "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{REGION}:{account}:delivery-source:*"},
            },
        }
    ]
