"""The Aurora cluster: storage over three zones, and an instance in each."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsPlacement
from components.aws.partition import partition
from components.aws.tags import tags
from components.connect import Component
from components.database.aws.sizes import CLASSES
from components.database.contract import DATABASE, DatabaseArgs
from components.profile import Profile
from components.settings import AwsSettings

ENGINE = "aurora-postgresql"
PORT = 5432
MASTER = "archkit_admin"  # nobody's role but the migration step's
LOGS = ("postgresql", "iam-db-auth-error")
MONITORING_SECONDS = 60
INSIGHTS_DAYS, ADVANCED_INSIGHTS_DAYS = 7, 465  # Aurora User Guide, "Database Insights": of standard, of advanced


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a cluster needs: its fixed `identifier`, `group` of the network, `key`, `parameters`, and its `logs`.

    The identifier is fixed since the log groups, made before RDS makes them without retention, have it in their names.
    """

    identifier: str
    group: aws.ec2.SecurityGroup
    key: aws.kms.Key
    parameters: aws.rds.ClusterParameterGroup
    logs: Sequence[aws.cloudwatch.LogGroup]


def log_groups(database: Component, identifier: str, settings: AwsSettings) -> list[aws.cloudwatch.LogGroup]:
    """Makes the log groups that the cluster exports to, so that they have a retention."""
    return [
        aws.cloudwatch.LogGroup(
            database.part(f"log-{kind}"),
            name=f"/aws/rds/cluster/{identifier}/{kind}",
            retention_in_days=settings.log_retention_days,
            tags=tags(database, f"log-{kind}"),
            opts=pulumi.ResourceOptions(parent=database),
        )
        for kind in LOGS
    ]


def cluster(
    database: Component, args: DatabaseArgs, placement: AwsPlacement, around: Surroundings, settings: AwsSettings
) -> aws.rds.Cluster:
    """Makes the cluster. Its backups belong to AWS Backup: no retention and no window of its own."""
    prod = settings.profile is Profile.PROD
    # By the family too: versions of Aurora Limitless have one of their own, and are no newer versions of this one.
    newest = aws.rds.get_engine_version(
        engine=ENGINE,
        version=str(args.version),
        parameter_group_family=f"{ENGINE}{args.version}",
        latest=True,
        opts=pulumi.InvokeOptions(parent=database),
    )
    subnets = aws.rds.SubnetGroup(
        database.part("subnets"),
        subnet_ids=placement.data_subnet_ids,
        tags=tags(database, "subnets"),
        opts=pulumi.ResourceOptions(parent=database),
    )
    # The key's id is new with every new component, so a snapshot of an earlier life is never in the way.
    snapshot = pulumi.Output.concat(around.identifier, "-final-", around.key.key_id) if prod else None
    return aws.rds.Cluster(
        database.part("cluster"),
        cluster_identifier=around.identifier,
        engine=ENGINE,
        # The newest of the major version, as AMIs are; it waits for the maintenance window.
        engine_version=newest.version_actual,
        database_name=DATABASE,
        port=PORT,
        master_username=MASTER,
        manage_master_user_password=True,
        master_user_secret_kms_key_id=around.key.key_id,
        iam_database_authentication_enabled=True,
        db_subnet_group_name=subnets.name,
        vpc_security_group_ids=[around.group.id],
        db_cluster_parameter_group_name=around.parameters.name,
        storage_encrypted=True,
        kms_key_id=around.key.arn,
        enabled_cloudwatch_logs_exports=list(LOGS),
        database_insights_mode="advanced" if settings.database.advanced_insights else "standard",
        performance_insights_enabled=True,
        performance_insights_kms_key_id=around.key.arn,
        performance_insights_retention_period=_insights_days(settings),
        preferred_maintenance_window=settings.database.maintenance_window,
        copy_tags_to_snapshot=True,
        deletion_protection=prod,
        skip_final_snapshot=not prod,
        final_snapshot_identifier=snapshot,
        delete_automated_backups=not prod,
        tags=tags(database, "cluster"),
        # `protect` refuses before anything is deleted; the flag of RDS alone would fail half way.
        opts=pulumi.ResourceOptions(parent=database, protect=prod, depends_on=list(around.logs)),
    )


def members(
    database: Component,
    args: DatabaseArgs,
    placement: AwsPlacement,
    *,
    of: aws.rds.Cluster,
    key: aws.kms.Key,
    settings: AwsSettings,
) -> list[aws.rds.ClusterInstance]:
    """Makes the writer and its replicas, zone after zone, in the order in which they take over."""
    monitoring, allowed = _monitoring_role(database, settings)
    return [
        aws.rds.ClusterInstance(
            database.part(f"member-{number + 1}"),
            cluster_identifier=of.id,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            instance_class=CLASSES[args.size].name,
            availability_zone=placement.zones[number % len(placement.zones)],
            promotion_tier=min(number, 14),  # 15, the last, is for readers that autoscaling adds
            publicly_accessible=False,
            auto_minor_version_upgrade=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key.arn,
            performance_insights_retention_period=_insights_days(settings),
            monitoring_interval=MONITORING_SECONDS,
            monitoring_role_arn=monitoring.arn,
            preferred_maintenance_window=settings.database.maintenance_window,
            copy_tags_to_snapshot=True,
            tags=tags(database, f"member-{number + 1}"),
            # RDS tries the role when it makes the instance, and refuses one that may not do its work yet.
            opts=pulumi.ResourceOptions(parent=database, depends_on=[allowed]),
        )
        for number in range(args.replicas + 1)
    ]


def _insights_days(settings: AwsSettings) -> int:
    return ADVANCED_INSIGHTS_DAYS if settings.database.advanced_insights else INSIGHTS_DAYS


def _monitoring_role(database: Component, settings: AwsSettings) -> tuple[aws.iam.Role, pulumi.Resource]:
    """The role, and what lets it do its work."""
    role = aws.iam.Role(
        database.part("monitoring"),
        assume_role_policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                    }
                ],
            }
        ),
        description=f"Enhanced monitoring of {database.component_name}",
        tags=tags(database, "monitoring"),
        opts=pulumi.ResourceOptions(parent=database),
    )
    managed = f"arn:{partition(settings.region).name}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    allowed = aws.iam.RolePolicyAttachment(
        database.part("monitoring-policy"),
        role=role.name,
        policy_arn=managed,
        opts=pulumi.ResourceOptions(parent=database),
    )
    return role, allowed
