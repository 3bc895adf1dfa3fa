"""Copies of databases by AWS Backup: any point in time here, whole copies in another region."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.access import on_same_target
from components.access.aws import AwsRestorable
from components.backup.aws.alarms import alarms
from components.backup.aws.plan import plan
from components.backup.aws.problems import CONTINUOUS_SECONDS, offsite_seconds, problems
from components.backup.aws.restore_test import restore_test
from components.backup.aws.role import backup_role
from components.backup.aws.vaults import vault
from components.backup.contract import Backup, BackupArgs, RecoveryPoint
from components.database.contract import Database
from components.errors import refuse, unless
from components.network.contract import Network
from components.settings import AwsSettings


class AwsBackup(Backup):
    """A vault and a plan for databases, a second vault in another region, and a restore test each week.

    Cost: what is kept, by the GB and month, in both regions; what travels between them; each restore test.
    """

    def __init__(
        self,
        name: str,
        args: BackupArgs,
        *,
        settings: AwsSettings,
        network: Network,
        databases: Sequence[Database],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        del network  # AWS Backup reaches databases through their API, not through the network
        some = unless(databases, f"backup/{name}/databases: must be one at least, got none; it copies nothing else")
        refuse([*problems(name, args, settings), some])
        super().__init__("archkit:aws:Backup", name, None, opts)
        self._args = args
        protected = self._protected(databases)
        self.here = vault(self, "vault", args, settings)
        self.elsewhere = (
            vault(self, "offsite", args, settings, settings.backup.offsite_region) if args.offsite else None
        )
        self.role = self._role(list(protected.values()), settings)
        self.plan = self._plan()
        self._select(list(protected.values()))
        restore_test(self, protected, self.here.vault, self.role)
        alarms(self, args, self.here.vault, self.elsewhere.vault if self.elsewhere else None, settings)
        self.register_outputs(
            {
                "capability": "backup",
                "links": [{"to": one.urn, "port": one.endpoint.port} for one in databases],
                "recovery_point": self.recovery_point.document(),
            }
        )

    @property
    def vault(self) -> pulumi.Output[str]:
        return self.here.vault.arn

    @property
    def offsite_vault(self) -> pulumi.Output[str] | None:
        return self.elsewhere.vault.arn if self.elsewhere else None

    @property
    def recovery_point(self) -> RecoveryPoint:
        return RecoveryPoint(
            local_seconds=CONTINUOUS_SECONDS,
            offsite_seconds=offsite_seconds(self._args) if self.elsewhere else None,
            window_days=self._args.retention.daily,
        )

    def _protected(self, databases: Sequence[Database]) -> dict[str, AwsRestorable]:
        who = f"backup {self.component_name!r}"
        return {
            one.component_name: on_same_target(AwsRestorable, one, wanted_by=who, role="database", target="aws")
            for one in databases
        }

    def _role(self, databases: Sequence[AwsRestorable], settings: AwsSettings) -> aws.iam.Role:
        vaults = [self.here.vault, *([self.elsewhere.vault] if self.elsewhere else [])]
        return backup_role(self, databases, vaults, settings)

    def _plan(self) -> aws.backup.Plan:
        locks = [one.lock for one in (self.here, self.elsewhere) if one and one.lock]
        offsite = self.elsewhere.vault if self.elsewhere else None
        return plan(self, self._args, self.here.vault, offsite, locks)

    def _select(self, databases: Sequence[AwsRestorable]) -> None:
        """By ARN, not by tag: a tag that somebody removes would end the backups in silence."""
        aws.backup.Selection(
            self.part("selection"),
            name=self.part("selection"),
            plan_id=self.plan.id,
            iam_role_arn=self.role.arn,
            resources=[one.cluster_arn for one in databases],
            opts=pulumi.ResourceOptions(parent=self),
        )
