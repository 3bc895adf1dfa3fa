"""What AWS Backup may do: copy and restore the databases it is given, with their keys."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsRestorable
from components.aws.partition import partition
from components.aws.tags import tags
from components.connect import Component
from components.settings import AwsSettings

# The part of AWS's managed policies for backup and restore that is about Aurora. Source: AWS Backup Developer Guide,
# "Managed policies"; a snapshot has no name yet when it is asked for, so these actions are limited by kind.
_READ = ("rds:DescribeDBClusters", "rds:DescribeDBClusterSnapshots", "rds:DescribeDBClusterAutomatedBackups")
_COPY = ("rds:CreateDBClusterSnapshot", "rds:CopyDBClusterSnapshot", "rds:AddTagsToResource", "rds:ListTagsForResource")
_RESTORE = ("rds:RestoreDBClusterFromSnapshot", "rds:RestoreDBClusterToPointInTime")
_VAULTS = ("backup:DescribeBackupVault", "backup:CopyIntoBackupVault")
_KEYS = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


def backup_role(
    backup: Component, databases: Sequence[AwsRestorable], vaults: Sequence[aws.backup.Vault], settings: AwsSettings
) -> aws.iam.Role:
    """Makes the role that plan and restore tests work as."""
    account = aws.get_caller_identity(opts=pulumi.InvokeOptions(parent=backup)).account_id
    role = aws.iam.Role(
        backup.part("role"),
        assume_role_policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": "backup.amazonaws.com"},
                        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                    }
                ],
            }
        ),
        description=f"Backups of {backup.component_name}",
        tags=tags(backup, "role"),
        opts=pulumi.ResourceOptions(parent=backup),
    )
    aws.iam.RolePolicy(
        backup.part("permissions"),
        role=role.id,
        policy=pulumi.Output.json_dumps(
            {"Version": "2012-10-17", "Statement": _statements(databases, vaults, account, settings)}
        ),
        opts=pulumi.ResourceOptions(parent=backup),
    )
    return role


def _statements(
    databases: Sequence[AwsRestorable], vaults: Sequence[aws.backup.Vault], account: str, settings: AwsSettings
) -> list[Mapping[str, Any]]:
    name = partition(settings.region).name
    # Each that a restore names or takes by default is asked for: Service Authorization Reference, "Amazon RDS".
    of = ("cluster", "cluster-snapshot", "cluster-auto-backup", "subgrp", "cluster-pg", "og")
    kinds = [f"arn:{name}:rds:*:{account}:{kind}:*" for kind in of]
    # A restored cluster keeps its database's key, a copy gets its vault's: no other key is of use.
    keys = [*(one.key_arn for one in databases), *(one.kms_key_arn for one in vaults)]
    grant = {"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}
    return [
        _allow(_READ, "*"),
        _allow((*_COPY, *_RESTORE), kinds),
        _allow(("rds:ModifyDBCluster",), [one.cluster_arn for one in databases]),
        _allow(("rds:DeleteDBClusterSnapshot",), f"arn:{name}:rds:*:{account}:cluster-snapshot:awsbackup:*"),
        _allow(("rds:DeleteDBClusterAutomatedBackup",), f"arn:{name}:rds:*:{account}:cluster-auto-backup:*"),
        _allow(_VAULTS, [one.arn for one in vaults]),
        # A copy is read as well as written; what is read is a recovery point, which is named when it is made.
        _allow(("backup:CopyFromBackupVault",), "*"),
        _allow(("tag:GetResources",), "*"),
        _allow(_KEYS, keys),
        {**_allow(("kms:CreateGrant",), keys), **grant},
    ]


def _allow(actions: Sequence[str], resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}
