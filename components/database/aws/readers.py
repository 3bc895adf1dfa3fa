"""More readers when they are busy, beyond those that the design asks for."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component
from components.database.contract import DatabaseArgs
from components.settings import AwsSettings

DIMENSION = "rds:cluster:ReadReplicaCount"
CPU_PERCENT = 60.0


def reader_scaling(
    database: Component,
    args: DatabaseArgs,
    cluster: aws.rds.Cluster,
    members: Sequence[aws.rds.ClusterInstance],
    settings: AwsSettings,
) -> None:
    """Makes the policy, where the settings allow for more readers; those it adds are no part of the stack's state."""
    maximum = settings.database.maximum_readers
    if maximum is None:
        return
    target = aws.appautoscaling.Target(
        database.part("readers"),
        service_namespace="rds",
        scalable_dimension=DIMENSION,
        resource_id=pulumi.Output.concat("cluster:", cluster.cluster_identifier),
        min_capacity=args.replicas,
        max_capacity=maximum,
        tags=tags(database, "readers"),
        # Registered while members are still made, it would count too few readers and add more at once.
        opts=pulumi.ResourceOptions(parent=database, depends_on=list(members)),
    )
    aws.appautoscaling.Policy(
        database.part("readers-cpu"),
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        policy_type="TargetTrackingScaling",
        target_tracking_scaling_policy_configuration=aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
            target_value=CPU_PERCENT,
            predefined_metric_specification=aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                predefined_metric_type="RDSReaderAverageCPUUtilization"
            ),
        ),
        opts=pulumi.ResourceOptions(parent=database),
    )
