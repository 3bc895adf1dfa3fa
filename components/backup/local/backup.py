"""Copies of databases by pgBackRest: any point in time here, and again at a third place."""

from collections.abc import Sequence

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.archive import OFFSITE, PORT, REPOSITORY, TIMEOUT_SECONDS
from components.access.local import LocalPlacement, LocalRestorable
from components.backup.contract import Backup, BackupArgs, RecoveryPoint
from components.backup.local import layout
from components.backup.local.material import Material
from components.backup.local.problems import problems
from components.backup.local.views import render_offsite, render_plan, render_repository
from components.database.contract import Database
from components.errors import refuse
from components.health import command_check
from components.images import ROOT, build
from components.naming import docker_name
from components.network import Network
from components.servers import Server, file, in_turn, serve
from components.settings import LocalSettings
from components.volumes import Volume, member_volume

_FOLDER = ROOT / "components" / "backup" / "local"
_REPOSITORY_MEGABYTES, _OFFSITE_MEGABYTES = 192, 96


class LocalBackup(Backup):
    """A repository host for each database, reached over mutual TLS, and a second repository over SFTP.

    Each repository has a network that only it and the members of its database join, and a volume of its own; its copies
    are encrypted before they are written (aes-256-cbc). Members send it every segment of their log, and one of them, a
    standby where there is one, is copied on the schedule. The offsite server stands on a third network with a volume of
    its own; it holds what it cannot read.
    """

    def __init__(
        self,
        name: str,
        args: BackupArgs,
        *,
        settings: LocalSettings,
        network: Network,
        databases: Sequence[Database],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse(problems(name, args, databases))
        super().__init__("archkit:local:Backup", name, None, opts)
        self.args = args
        self.settings = settings
        who = f"backup {name!r}"
        self._placement = on_same_target(LocalPlacement, network, wanted_by=who, role="network", target="local")
        protected = self._protected(databases)
        self.material = Material(self, offsite=args.offsite)
        self.offsite = self._offsite() if args.offsite else None
        self.image = build(self.part("image"), "repository", _FOLDER / "agent", settings, parent=self).name
        self.repositories = {one: self._repository(one, database) for one, database in protected.items()}
        self.register_outputs(
            {
                "capability": "backup",
                "links": [{"to": one.urn, "port": PORT} for one in databases],
                "recovery_point": self.recovery_point.document(),
            }
        )

    @property
    def vault(self) -> pulumi.Output[str]:
        return pulumi.Output.from_input(docker_name(self.component_name))

    @property
    def offsite_vault(self) -> pulumi.Output[str] | None:
        return pulumi.Output.from_input(self._offsite_host) if self.args.offsite else None

    @property
    def recovery_point(self) -> RecoveryPoint:
        return RecoveryPoint(
            local_seconds=TIMEOUT_SECONDS,
            offsite_seconds=TIMEOUT_SECONDS if self.args.offsite else None,
            window_days=self.args.retention.daily,
        )

    @property
    def _offsite_host(self) -> str:
        return docker_name(self.part("offsite"))

    def _protected(self, databases: Sequence[Database]) -> dict[str, LocalRestorable]:
        who = f"backup {self.component_name!r}"
        return {
            one.component_name: on_same_target(LocalRestorable, one, wanted_by=who, role="database", target="local")
            for one in databases
        }

    def _repository(self, database: str, restorable: LocalRestorable) -> docker.Service:
        source = restorable.archive()
        host = self._offsite_host if self.args.offsite else ""
        configuration = file(
            self, self.part(f"{database}-configuration"), self.component_name, render_repository(database, source, host)
        )
        return serve(
            self,
            self.part(database),
            Server(
                component=self.component_name,
                role="repository",
                part=database,
                image=self.image,
                command=["python3", "-m", "components.backup.local.agent"],
                networks=[source.network_id, *([self._offsite_network] if self.args.offsite else [])],
                aliases=[REPOSITORY, *([OFFSITE] if self.args.offsite else [])],
                megabytes=_REPOSITORY_MEGABYTES,
                check=command_check(
                    ["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{PORT}"], every_seconds=2, start_seconds=20
                ),
                environment={
                    "ARCHKIT_BACKUP": render_plan(self.args, database),
                    "PGBACKREST_CONFIG_INCLUDE_PATH": layout.SECRETS_FOLDER,
                },
                files={layout.CONFIGURATION_FILE: configuration},
                secrets=[
                    source.authority,
                    source.certificate,
                    self.material.keys(database),
                    *([self.material.ssh_key] if self.args.offsite else []),
                ],
                temporary={"/tmp": 16},  # noqa: S108 - the container's own
                volume=self._volume(database, layout.REPOSITORY_VOLUME),
                zone=self._zone(1),
                after=in_turn(self.settings, *([self.offsite] if self.offsite else [])),
            ),
        )

    def _offsite(self) -> docker.Service:
        self._offsite_network = self._placement.overlay(self.part("offsite"), internal=True)
        image = build(self.part("offsite-image"), "offsite", _FOLDER / "image" / "offsite", self.settings, parent=self)
        configuration = file(
            self, self.part("offsite-configuration"), self.component_name, render_offsite(self.component_name)
        )
        return serve(
            self,
            self.part("offsite"),
            Server(
                component=self.component_name,
                role="offsite",
                part="offsite",
                image=image.name,
                command=["/usr/sbin/sshd", "-D", "-e", "-f", layout.SSHD_FILE],
                networks=[self._offsite_network],
                megabytes=_OFFSITE_MEGABYTES,
                check=command_check(
                    ["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{layout.SFTP_PORT}"], every_seconds=5, start_seconds=10
                ),
                files={layout.SSHD_FILE: configuration},
                secrets=[self.material.host_key, self.material.authorized],
                volume=self._volume("offsite", layout.OFFSITE_VOLUME),
                zone=self._zone(2),
            ),
        )

    def _volume(self, part: str, path: str) -> Volume:
        return member_volume(
            self, self.part(f"{part}-data"), self.component_name, part, path, one_node=not self._placement.zones
        )

    def _zone(self, index: int) -> str:
        """Another than that of the first member, which leads to begin with."""
        zones = self._placement.zones
        return zones[index % len(zones)] if zones else ""
