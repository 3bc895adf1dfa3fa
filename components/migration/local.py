"""The migration as a service of one replica, which is healthy once everything is applied."""

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.local import LocalAccess, LocalMigratable
from components.database import Database
from components.errors import refuse
from components.health import command_check
from components.image import Image
from components.migration.contract import Migration, MigrationArgs, where
from components.naming import Kind, docker_name, fixed
from components.network import Network
from components.servers import mounted
from components.settings import LocalSettings
from components.swarm import USER, container_labels, duration, log_driver, service_labels, temporary_files

ROLE = "migration"
MEGABYTES = 128
APPLIED = "/tmp/applied"  # noqa: S108 - the container's own
# Applies, says so, and stays as next to nothing: a service that ended would be started again.
_SCRIPT = f'"$@" || exit 1; : >{APPLIED}; exec sleep infinity'
_CHECK_SECONDS = 1


class LocalMigration(Migration):
    """A new image is a new task: it applies what is missing, and only then does the deployment go on.

    Where it fails Swarm goes back to the image before, whose migrations are applied already, and the deployment ends
    with its last lines; services are not touched.
    """

    def __init__(
        self,
        name: str,
        args: MigrationArgs,
        *,
        settings: LocalSettings,
        network: Network,
        image: Image,
        database: Database,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        del settings, network  # AWS runs it in the network's subnets; here it joins the database's own
        refuse([fixed(f"migration/{name}", docker_name(name), Kind.DOCKER_SERVICE)])
        super().__init__("archkit:local:Migration", name, None, opts)
        self.args = args
        migratable = on_same_target(
            LocalMigratable, database, wanted_by=f"migration {name!r}", role="database", target="local"
        )
        self.task = self._task(image, database, migratable)
        self.register_outputs(
            {"capability": "migration", "links": [{"to": database.urn, "port": migratable.migration_access.port}]}
        )

    def _task(self, image: Image, database: Database, migratable: LocalMigratable) -> docker.Service:
        access = migratable.migration_access
        environment = {
            **where(database),
            "MIGRATION_CA_FILE": database.ca_file,
            **{f"MIGRATION_{key}": value for key, value in migratable.migration_credentials.variables.items()},
        }
        return docker.Service(
            self.part(ROLE),
            name=docker_name(self.component_name),
            labels=service_labels(self.component_name, ROLE),
            mode=docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=1)),
            task_spec=docker.ServiceTaskSpecArgs(
                container_spec=self._container(image, environment, access),
                networks_advanceds=[docker.ServiceTaskSpecNetworksAdvancedArgs(id=access.network_id)],
                resources=docker.ServiceTaskSpecResourcesArgs(
                    limits=docker.ServiceTaskSpecResourcesLimitsArgs(memory_bytes=MEGABYTES * 1024 * 1024)
                ),
                restart_policy=docker.ServiceTaskSpecRestartPolicyArgs(condition="any", delay="2s", window="0s"),
                log_driver=log_driver(),
            ),
            endpoint_spec=docker.ServiceEndpointSpecArgs(mode="dnsrr"),
            # Nobody is sent here: the one before may end first, and two never run at once.
            update_config=docker.ServiceUpdateConfigArgs(
                order="stop-first", parallelism=1, failure_action="rollback", monitor=duration(5000)
            ),
            rollback_config=docker.ServiceRollbackConfigArgs(order="stop-first", parallelism=1, monitor="0s"),
            converge_config=docker.ServiceConvergeConfigArgs(
                delay=duration(1000), timeout=duration((self.args.timeout_seconds + 30) * 1000)
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[database]),
        )

    def _container(
        self, image: Image, environment: dict[str, pulumi.Input[str]], access: LocalAccess
    ) -> docker.ServiceTaskSpecContainerSpecArgs:
        return docker.ServiceTaskSpecContainerSpecArgs(
            image=image.reference,
            commands=["bash", "-c", _SCRIPT, "migration", *self.args.command],
            env=environment,
            secrets=[mounted(one) for one in access.secrets],
            healthcheck=command_check(
                ["test", "-e", APPLIED], every_seconds=_CHECK_SECONDS, start_seconds=self.args.timeout_seconds
            ),
            user=USER,
            read_only=True,
            mounts=[temporary_files("/tmp", 4)],  # noqa: S108 - the container's own
            cap_drops=["ALL"],
            init=True,
            stop_grace_period=duration(10_000),
            labels=container_labels(self.component_name, ROLE),
        )
