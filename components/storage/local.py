"""The storage as nginx in a swarm, with the files in its image."""

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.local import LocalAccess, LocalBackend, LocalPlacement
from components.connect import Endpoint
from components.controller.agent.placing import SPREAD
from components.errors import refuse, unless
from components.health import http_check
from components.images import ROOT, build_with_files
from components.naming import Kind, docker_name, fixed
from components.network import Network
from components.settings import LocalSettings
from components.storage.contract import Storage, StorageArgs
from components.storage.nginx import HEALTH_PATH, PORT, Server, render_nginx
from components.swarm import (
    ASK_MILLISECONDS,
    USER,
    container_labels,
    duration,
    labels,
    log_driver,
    service_labels,
    temporary_files,
)

ROLE = "storage"
REPLICAS = 2
MEMORY_MEGABYTES = 64
CONFIGURATION_FILE = "/etc/nginx/archkit.conf"
_IMAGE = ROOT / "components" / "storage" / "image"
_APPS = ROOT / "stacks" / "apps"


class LocalStorage(Storage, LocalBackend):
    """nginx 1.26 with the folder's files and their gzip and Brotli forms in its image, under the hash of all of them.

    A changed file is another image: `archkit up` builds it and replaces the replicas one by one, each whole old or
    whole new.
    """

    def __init__(
        self,
        name: str,
        args: StorageArgs,
        *,
        settings: LocalSettings,
        network: Network,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse(_problems(name, args))
        super().__init__("archkit:local:Storage", name, None, opts)
        self.args = args
        placement = on_same_target(
            LocalPlacement, network, wanted_by=f"storage {name!r}", role="network", target="local"
        )
        self._own_network = placement.overlay(name, internal=True)
        self.image = build_with_files(
            self.part("image"),
            "storage",
            _IMAGE,
            _APPS / args.folder,
            settings,
            arguments={"PREFIX": args.prefix},
            parent=self,
        )
        self.configuration = self._configuration()
        self.servers = self._servers(placement)
        self.register_outputs({"capability": "storage", "links": [], "prefix": args.prefix})

    @property
    def prefix(self) -> str:
        return self.args.prefix

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(scheme="http", host=f"tasks.{self.service_name}", port=PORT)

    @property
    def access(self) -> LocalAccess:
        return LocalAccess(network_id=self._own_network, port=PORT)

    @property
    def service_name(self) -> str:
        return docker_name(self.component_name)

    @property
    def ready_path(self) -> str:
        return HEALTH_PATH

    @property
    def maximum_replicas(self) -> int:
        return REPLICAS

    def _configuration(self) -> docker.ServiceConfig:
        server = Server(name=self.component_name, max_age_seconds=self.args.max_age_seconds)
        return docker.ServiceConfig(
            self.part("configuration"),
            data_raw=render_nginx(server),
            labels=[
                docker.ServiceConfigLabelArgs(label=key, value=value)
                for key, value in labels(self.component_name, "configuration").items()
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _servers(self, placement: LocalPlacement) -> docker.Service:
        return docker.Service(
            self.part("servers"),
            name=self.service_name,
            labels=service_labels(self.component_name, ROLE),
            mode=docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=REPLICAS)),
            task_spec=docker.ServiceTaskSpecArgs(
                container_spec=self._container(),
                networks_advanceds=[docker.ServiceTaskSpecNetworksAdvancedArgs(id=self._own_network)],
                resources=docker.ServiceTaskSpecResourcesArgs(
                    limits=docker.ServiceTaskSpecResourcesLimitsArgs(memory_bytes=MEMORY_MEGABYTES * 1024 * 1024)
                ),
                placement=docker.ServiceTaskSpecPlacementArgs(prefs=[SPREAD]) if placement.zones else None,
                restart_policy=docker.ServiceTaskSpecRestartPolicyArgs(condition="any", delay="500ms", window="0s"),
                log_driver=log_driver(),
            ),
            endpoint_spec=docker.ServiceEndpointSpecArgs(mode="dnsrr"),
            update_config=docker.ServiceUpdateConfigArgs(
                order="start-first", failure_action="rollback", monitor=duration(5000)
            ),
            rollback_config=docker.ServiceRollbackConfigArgs(order="start-first", monitor="0s"),
            converge_config=docker.ServiceConvergeConfigArgs(
                delay=duration(ASK_MILLISECONDS), timeout=duration(120_000)
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _container(self) -> docker.ServiceTaskSpecContainerSpecArgs:
        return docker.ServiceTaskSpecContainerSpecArgs(
            image=self.image.name,
            configs=[
                docker.ServiceTaskSpecContainerSpecConfigArgs(
                    config_id=self.configuration.id,
                    config_name=self.configuration.name,
                    file_name=CONFIGURATION_FILE,
                )
            ],
            healthcheck=http_check(PORT, HEALTH_PATH, start_seconds=10),
            user=USER,
            read_only=True,
            mounts=[temporary_files("/tmp", 8)],  # noqa: S108 - the container's own
            cap_drops=["ALL"],
            init=True,
            stop_grace_period=duration(10_000),
            labels=container_labels(self.component_name, ROLE),
        )


def _problems(name: str, args: StorageArgs) -> list[str | None]:
    return [
        fixed(f"storage/{name}", docker_name(name), Kind.DOCKER_SERVICE),
        unless(
            (_APPS / args.folder).is_dir(),
            f"storage/{name}/folder: must be a folder below stacks/apps, got {args.folder!r}; its files are served",
        ),
    ]
