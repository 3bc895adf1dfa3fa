"""How many instances, where, and when more or fewer: the Auto Scaling group."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component
from components.service.contract import ServiceArgs

# Booting Amazon Linux, installing Docker and pulling the image, before the application's own start begins.
BOOT_SECONDS = 180
MIN_HEALTHY_PERCENT, MAX_HEALTHY_PERCENT = 100, 150  # a new instance first, then an old one goes
UNCHANGED = -1  # EC2 Auto Scaling, scheduled action: an omitted size would be 0
# EC2 Auto Scaling API, EnableMetricsCollection; the group has no warm pool, whose metrics are left out.
METRICS = (
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
    "GroupInServiceCapacity",
    "GroupPendingCapacity",
    "GroupStandbyCapacity",
    "GroupTerminatingCapacity",
    "GroupTotalCapacity",
)


def scaling_group(
    service: Component,
    args: ServiceArgs,
    *,
    template: aws.ec2.LaunchTemplate,
    targets: aws.lb.TargetGroup,
    subnet_ids: Sequence[pulumi.Input[str]],
    after: Sequence[pulumi.Resource] = (),
) -> aws.autoscaling.Group:
    """Makes the group, over all zones; who fails the load balancer's check is replaced.

    It sets no desired capacity: whoever scales does. It does not wait for the load balancer either
    (`min_elb_capacity`), since that is made after its services: nothing would be healthy yet, and the run would hang.
    """
    metrics: list[Any] = list(METRICS)  # the SDK's enumeration lacks some that the service has
    return aws.autoscaling.Group(
        service.part("group"),
        min_size=args.capacity.minimum,
        max_size=args.capacity.maximum,
        vpc_zone_identifiers=subnet_ids,
        target_group_arns=[targets.arn],
        health_check_type="ELB",
        health_check_grace_period=BOOT_SECONDS + args.health.start_seconds,
        # Counted from `InService`, which without a lifecycle hook is the start of the boot.
        default_instance_warmup=BOOT_SECONDS + args.scaling.warm_up_seconds,
        launch_template=aws.autoscaling.GroupLaunchTemplateArgs(
            # A number, not `$Latest`: only so does a change reach the group, and can a refresh be rolled back.
            id=template.id,
            version=template.latest_version.apply(str),
        ),
        instance_refresh=aws.autoscaling.GroupInstanceRefreshArgs(
            strategy="Rolling",
            preferences=aws.autoscaling.GroupInstanceRefreshPreferencesArgs(
                auto_rollback=True,
                skip_matching=True,
                min_healthy_percentage=MIN_HEALTHY_PERCENT,
                max_healthy_percentage=MAX_HEALTHY_PERCENT,
                scale_in_protected_instances="Refresh",
                standby_instances="Terminate",
            ),
        ),
        instance_maintenance_policy=aws.autoscaling.GroupInstanceMaintenancePolicyArgs(
            min_healthy_percentage=MIN_HEALTHY_PERCENT, max_healthy_percentage=MAX_HEALTHY_PERCENT
        ),
        enabled_metrics=metrics,
        metrics_granularity="1Minute",
        tags=[
            aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True)
            for key, value in sorted(tags(service, "replica").items())
        ],
        # A new version starts only once what it needs, a schema for example, is there.
        opts=pulumi.ResourceOptions(parent=service, depends_on=list(after) or None),
    )


def scaling_policies(service: Component, args: ServiceArgs, group: aws.autoscaling.Group) -> None:
    """Makes what moves the group: CPU, and the clock. Requests per replica are the load balancer's to count."""
    if args.scaling.cpu_percent is not None:
        aws.autoscaling.Policy(
            service.part("cpu"),
            autoscaling_group_name=group.name,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration=aws.autoscaling.PolicyTargetTrackingConfigurationArgs(
                predefined_metric_specification=aws.autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs(
                    predefined_metric_type="ASGAverageCPUUtilization"
                ),
                target_value=float(args.scaling.cpu_percent),
                disable_scale_in=not args.scaling.scale_in,
            ),
            opts=pulumi.ResourceOptions(parent=service),
        )
    for one in args.scaling.schedules:
        aws.autoscaling.Schedule(
            service.part(f"schedule-{one.name}"),
            autoscaling_group_name=group.name,
            scheduled_action_name=one.name,
            recurrence=one.schedule,
            time_zone="Etc/UTC",
            min_size=one.minimum,
            max_size=UNCHANGED,
            desired_capacity=UNCHANGED,
            opts=pulumi.ResourceOptions(parent=service),
        )
