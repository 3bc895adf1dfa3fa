"""What a person should look at: errors, slowness, replicas that do not answer."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsBackend
from components.aws.tags import tags
from components.connect import Component
from components.settings import AwsSettings

PERIOD_SECONDS = 60  # Application Load Balancers report each minute
PERIODS = 5
ERRORS = 10  # in one minute, so that a single odd request wakes nobody
SLOW_SECONDS = 2.0


def alarms(
    balancer: Component,
    load_balancer: aws.lb.LoadBalancer,
    backends: Mapping[str, AwsBackend],
    settings: AwsSettings,
) -> None:
    """Makes an alarm for the load balancer's own errors, and for each service its errors, latency and sick replicas."""
    whole = {"LoadBalancer": load_balancer.arn_suffix}
    _alarm(balancer, settings, "errors", "HTTPCode_ELB_5XX_Count", whole, statistic="Sum", above=ERRORS)
    for name, backend in backends.items():
        of_service = {**whole, "TargetGroup": backend.target_group_arn_suffix}
        _alarm(
            balancer, settings, f"{name}-errors", "HTTPCode_Target_5XX_Count", of_service, statistic="Sum", above=ERRORS
        )
        _alarm(
            balancer, settings, f"{name}-latency", "TargetResponseTime", of_service, statistic="p99", above=SLOW_SECONDS
        )
        _alarm(balancer, settings, f"{name}-unhealthy", "UnHealthyHostCount", of_service, statistic="Maximum", above=0)


def _alarm(
    balancer: Component,
    settings: AwsSettings,
    role: str,
    metric: str,
    dimensions: Mapping[str, pulumi.Input[str]],
    *,
    statistic: str,
    above: float,
) -> None:
    percentile = statistic.startswith("p")
    to = [settings.alarm_topic_arn] if settings.alarm_topic_arn else []
    aws.cloudwatch.MetricAlarm(
        balancer.part(role),
        alarm_description=f"{balancer.component_name}: {metric} above {above:g} in {PERIODS} minutes running",
        namespace="AWS/ApplicationELB",
        metric_name=metric,
        dimensions=dict(dimensions),
        statistic=None if percentile else statistic,
        extended_statistic=statistic if percentile else None,
        comparison_operator="GreaterThanThreshold",
        threshold=float(above),
        period=PERIOD_SECONDS,
        evaluation_periods=PERIODS,
        datapoints_to_alarm=PERIODS,
        # No request, no figure: silence at night is no alarm.
        treat_missing_data="notBreaching",
        alarm_actions=to,
        ok_actions=to,
        tags=tags(balancer, role),
        opts=pulumi.ResourceOptions(parent=balancer),
    )
