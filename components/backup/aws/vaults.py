"""Where copies are: a vault here and one in another region, each with a key and a lock."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.key import customer_key
from components.aws.tags import tags
from components.backup.aws.plan import shortest_days
from components.backup.contract import BackupArgs
from components.connect import Component
from components.profile import Profile
from components.settings import AwsSettings


@dataclass(frozen=True, kw_only=True)
class Vault:
    """Args: `vault`; `lock`, None in `dev`: a stack that is tried out goes with what it kept."""

    vault: aws.backup.Vault
    lock: aws.backup.VaultLockConfiguration | None


def vault(backup: Component, role: str, args: BackupArgs, settings: AwsSettings, region: str | None = None) -> Vault:
    """Makes a vault of a region.

    Args:
        backup: Whose it is.
        role: Name of its part: `vault`, `offsite`.
        args: Whose retention the lock holds.
        settings: Profile, and whether the lock is for good.
        region: None: the stack's.

    """
    key = customer_key(backup, f"{role}-key", settings=settings, region=region)
    made = aws.backup.Vault(
        backup.part(role),
        kms_key_arn=key.arn,
        region=region,
        force_destroy=settings.profile is not Profile.PROD,
        tags=tags(backup, role),
        opts=pulumi.ResourceOptions(parent=backup),
    )
    forever = settings.backup.compliance_lock_after_days
    if settings.profile is not Profile.PROD and forever is None:
        return Vault(vault=made, lock=None)
    if forever is not None:
        pulumi.log.warn(
            f"backup/{backup.component_name}: {forever} days after the deployment the lock of vault {role!r} cannot be "
            f"undone by anybody: every copy stays up to {args.retention.reach_days} days, and is paid for",
            made,
        )
    lock = aws.backup.VaultLockConfiguration(
        backup.part(f"{role}-lock"),
        backup_vault_name=made.name,
        region=region,
        # Without `changeable_for_days` it is a governance lock, which an administrator may take away.
        changeable_for_days=forever,
        min_retention_days=shortest_days(args),
        max_retention_days=args.retention.reach_days,
        opts=pulumi.ResourceOptions(parent=backup),
    )
    return Vault(vault=made, lock=lock)
