"""A copy counts once it was restored: each week AWS Backup tries the newest of each database."""

import json
import re

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsRestorable
from components.aws.tags import tags
from components.connect import Component

SCHEDULE = "cron(0 12 ? * SUN *)"
START_HOURS, VALIDATION_HOURS, WINDOW_DAYS = 1, 4, 7


def plan_name(name: str) -> str:
    """The plan's name: letters, digits and underscores only."""
    return re.sub(r"\W", "_", f"{pulumi.get_stack()}_{name}")


def restore_test(
    backup: Component, databases: dict[str, AwsRestorable], vault: aws.backup.Vault, role: aws.iam.Role
) -> aws.backup.RestoreTestingPlan:
    """Makes the plan and a selection for each database: restored beside it, behind its group, and removed again."""
    plan = aws.backup.RestoreTestingPlan(
        backup.part("restore-test"),
        name=plan_name(backup.component_name),
        schedule_expression=SCHEDULE,
        schedule_expression_timezone="Etc/UTC",
        start_window_hours=START_HOURS,
        recovery_point_selection=aws.backup.RestoreTestingPlanRecoveryPointSelectionArgs(
            algorithm="LATEST_WITHIN_WINDOW",
            include_vaults=[vault.arn],
            recovery_point_types=["CONTINUOUS", "SNAPSHOT"],
            selection_window_days=WINDOW_DAYS,
        ),
        tags=tags(backup, "restore-test"),
        opts=pulumi.ResourceOptions(parent=backup),
    )
    for name, database in databases.items():
        aws.backup.RestoreTestingSelection(
            backup.part(f"restore-{name}"),
            name=re.sub(r"\W", "_", name),
            restore_testing_plan_name=plan.name,
            iam_role_arn=role.arn,
            protected_resource_type="Aurora",
            protected_resource_arns=[database.cluster_arn],
            restore_metadata_overrides={
                "dbSubnetGroupName": database.subnet_group_name,
                "vpcSecurityGroupIds": database.restore_group_id.apply(lambda group: json.dumps([group])),
            },
            validation_window_hours=VALIDATION_HOURS,
            opts=pulumi.ResourceOptions(parent=backup),
        )
    return plan
