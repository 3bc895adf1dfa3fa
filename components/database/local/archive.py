"""What a database's members need in order to be copied: ready from the start, so that a backup restarts none of them.

Decision record: docs/adr/0007-archiving-on-demand.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

from components.access import archive
from components.access.local import LocalArchive, LocalSecret
from components.connect import Component
from components.database.local import layout
from components.database.local.layout import Layout
from components.secrets import Authority, Derived, derive, stack_root
from components.servers import file, secret
from components.templating import render

CONFIGURATION_FILE = "/etc/pgbackrest/pgbackrest.conf"
# Beyond it the log is dropped, or a repository that is away for days would fill the disk that writes need.
_QUEUE_MAX = "4GiB"


@dataclass(frozen=True, kw_only=True)
class PgBackRestView:
    """What `pgbackrest.conf.j2` shows."""

    name: str
    data_directory: str = layout.DATA_DIRECTORY
    socket_directory: str = layout.SOCKET_DIRECTORY
    queue_max: str = _QUEUE_MAX
    port: int = archive.PORT
    authority: str = archive.AUTHORITY_FILE
    certificate: str = archive.CERTIFICATE_FILE
    repository_name: str = archive.REPOSITORY_NAME


class Archiving:
    """A network where members meet their repository, an authority that only the two trust, and pgBackRest's settings.

    The authority is another than the database's own: a repository's certificate opens nothing of Patroni or etcd.

    Args:
        database: Whose members.
        names: Of its servers.
        network_id: Where members and repository meet.

    """

    def __init__(self, database: Component, names: Layout, network_id: pulumi.Input[str]) -> None:
        self._database = database
        self._names = names
        self.network_id = network_id
        self.authority = self._secret("archive-authority", archive.AUTHORITY_FILE, lambda made: made.pem)
        self.certificate = self._certificate(archive.MEMBER_NAME, names.possible_member_hosts)
        self.configuration: docker.ServiceConfig = file(
            database, database.part("pgbackrest"), database.component_name, render_pgbackrest(database.component_name)
        )

    def for_repository(self) -> LocalArchive:
        """What a repository needs of it."""
        return LocalArchive(
            network_id=self.network_id,
            hosts=self._names.member_hosts,
            data_directory=layout.DATA_DIRECTORY,
            socket_directory=layout.SOCKET_DIRECTORY,
            authority=self.authority,
            certificate=self._certificate(archive.REPOSITORY_NAME, [archive.REPOSITORY, archive.OFFSITE]),
        )

    def _certificate(self, common_name: str, hosts: list[str]) -> LocalSecret:
        return self._secret(
            f"archive-{common_name}", archive.CERTIFICATE_FILE, lambda made: made.certificate(common_name, hosts)
        )

    def _secret(self, role: str, path: str, make: Callable[[Authority], str]) -> LocalSecret:
        component = self._database.component_name
        # Read here and not in the apply: it runs later, where the stack's name may be another's.
        stack = derive("", component).stack
        text = stack_root().apply(
            lambda root: make(Authority(Derived(root=root, stack=stack, component=f"{component}-archive")))
        )
        return secret(self._database, self._database.part(role), component, text, path.removeprefix("/run/secrets/"))


def render_pgbackrest(component: str) -> str:
    """The text of a member's `pgbackrest.conf`; no secret is in it."""
    return render(__file__, "pgbackrest.conf.j2", PgBackRestView(name=component))
