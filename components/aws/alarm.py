"""An alarm on one metric."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component
from components.settings import AwsSettings


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """When a metric wakes somebody.

    Args:
        namespace: Of the metric: `AWS/RDS`.
        metric: Its name.
        value: The limit, in the metric's unit.
        below: True: the alarm is for figures below the limit; False: above it.
        statistic: How the figures of a period become one.
        period_seconds: Length of a period.
        periods: So many running.
        missing: What no figure means: `notBreaching`, or `breaching` where silence is the failure.

    """

    namespace: str
    metric: str
    value: float
    below: bool = False
    statistic: str = "Average"
    period_seconds: int = 60
    periods: int = 5
    missing: str = "notBreaching"


def alarm(
    component: Component,
    role: str,
    threshold: Threshold,
    dimensions: Mapping[str, pulumi.Input[str]],
    *,
    settings: AwsSettings,
    topic_arn: pulumi.Input[str] | None = None,
) -> aws.cloudwatch.MetricAlarm:
    """Makes an alarm that tells the stack's topic, or another one, when it comes and when it goes."""
    topic = topic_arn or settings.alarm_topic_arn
    to = [topic] if topic else []
    side = "below" if threshold.below else "above"
    minutes = threshold.periods * threshold.period_seconds // 60
    return aws.cloudwatch.MetricAlarm(
        component.part(role),
        alarm_description=f"{component.component_name}: {threshold.metric} {side} {threshold.value:g} "
        f"for {minutes} minutes",
        namespace=threshold.namespace,
        metric_name=threshold.metric,
        dimensions=dict(dimensions),
        statistic=threshold.statistic,
        comparison_operator="LessThanThreshold" if threshold.below else "GreaterThanThreshold",
        threshold=float(threshold.value),
        period=threshold.period_seconds,
        evaluation_periods=threshold.periods,
        datapoints_to_alarm=threshold.periods,
        treat_missing_data=threshold.missing,
        alarm_actions=to,
        ok_actions=to,
        tags=tags(component, role),
        opts=pulumi.ResourceOptions(parent=component),
    )
