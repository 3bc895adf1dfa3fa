"""A function from the application's own image, in the private subnets, which the deployment invokes and waits for."""

import pulumi
import pulumi_aws as aws

from components.access import on_same_target
from components.access.aws import AwsMigratable, AwsPlacement, AwsPullable
from components.aws.tags import tags
from components.database import Database
from components.errors import refuse
from components.image.contract import Image
from components.migration.aws.guard import security_group
from components.migration.aws.permissions import role
from components.migration.aws.problems import problems
from components.migration.contract import Migration, MigrationArgs, where
from components.network.contract import Network
from components.settings import Architecture, AwsSettings

MEGABYTES = 512
# What a function's image runs: the runtime interface, and the migration's command for each invocation.
RUNTIME = ("python3", "-m", "appkit.lambda_runtime")
ARCHITECTURES = {Architecture.X86_64: "x86_64", Architecture.ARM64: "arm64"}


class AwsMigration(Migration):
    """AWS Lambda: invoked when the image changes, before any instance of it starts; a failed one ends the deployment.

    Cost: what it runs, by the millisecond: nothing to speak of.
    """

    def __init__(
        self,
        name: str,
        args: MigrationArgs,
        *,
        settings: AwsSettings,
        network: Network,
        image: Image,
        database: Database,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        who = f"migration {name!r}"
        pulled = on_same_target(AwsPullable, image, wanted_by=who, role="image", target="aws")
        refuse(problems(name, pulled, settings))
        super().__init__("archkit:aws:Migration", name, None, opts)
        self._args, self._settings = args, settings
        placement = on_same_target(AwsPlacement, network, wanted_by=who, role="network", target="aws")
        migratable = on_same_target(AwsMigratable, database, wanted_by=who, role="database", target="aws")
        self.log_group = self._log_group()
        self.group = security_group(self, placement, database, migratable.migration_access)
        self.role, granted = role(self, self.log_group, migratable.migration_access, settings)
        self.function = self._function(image, placement, self._environment(database, migratable), granted)
        self.invocation = self._invocation(image, database)
        self.register_outputs(
            {"capability": "migration", "links": [{"to": database.urn, "port": migratable.migration_access.port}]}
        )

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self.part("log"),
            name=f"/archkit/{pulumi.get_stack()}/{self.component_name}",
            retention_in_days=self._settings.log_retention_days,
            tags=tags(self, "log"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _environment(self, database: Database, migratable: AwsMigratable) -> dict[str, pulumi.Input[str]]:
        secret = migratable.migration_access.secret_arn
        assert secret is not None, "a database's owner has a secret"
        return {
            **where(database),
            "MIGRATION_CA_FILE": migratable.migration_ca_file,
            "MIGRATION_SECRET_ARN": secret,
            "MIGRATION_REGION": self._settings.region,
        }

    def _function(
        self,
        image: Image,
        placement: AwsPlacement,
        environment: dict[str, pulumi.Input[str]],
        granted: list[pulumi.Resource],
    ) -> aws.lambda_.Function:
        return aws.lambda_.Function(
            self.part("function"),
            name=f"{pulumi.get_stack()}-{self.component_name}",
            description="Applies the schema's migrations, before a new version serves",
            package_type="Image",
            image_uri=image.reference,
            image_config=aws.lambda_.FunctionImageConfigArgs(commands=[*RUNTIME, *self._args.command]),
            architectures=[ARCHITECTURES[self._settings.architecture]],
            memory_size=MEGABYTES,
            timeout=self._args.timeout_seconds,
            role=self.role.arn,
            environment=aws.lambda_.FunctionEnvironmentArgs(variables=environment),
            vpc_config=aws.lambda_.FunctionVpcConfigArgs(
                subnet_ids=list(placement.private_subnet_ids), security_group_ids=[self.group.id]
            ),
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="Text", log_group=self.log_group.name),
            tags=tags(self, "function"),
            # Without its permissions the function cannot be made: Lambda tries whether it may make interfaces.
            opts=pulumi.ResourceOptions(parent=self, depends_on=granted),
        )

    def _invocation(self, image: Image, database: Database) -> aws.lambda_.Invocation:
        return aws.lambda_.Invocation(
            self.part("invocation"),
            function_name=self.function.name,
            input="{}",
            # Another image, or another database under the same name, has something to apply.
            triggers={"image": image.reference, "database": database.migration.host},
            # A cluster takes connections once it has an instance; its endpoint is there before.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[database]),
        )
