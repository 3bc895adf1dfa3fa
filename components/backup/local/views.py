"""What the templates show, and the files that come of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from components.access import archive
from components.access.local import LocalArchive
from components.backup.contract import BackupArgs
from components.backup.local import layout
from components.templating import render

_PROCESSES = 2


@dataclass(frozen=True, kw_only=True)
class RepositoryView:
    """What `pgbackrest.conf.j2` shows."""

    database: str
    hosts: Sequence[str]
    data_directory: str
    socket_directory: str
    offsite_host: str
    offsite_folder: str
    repository_volume: str = layout.REPOSITORY_VOLUME
    secrets_folder: str = layout.SECRETS_FOLDER
    sftp_port: int = layout.SFTP_PORT
    sftp_user: str = layout.SFTP_USER
    ssh_key_file: str = layout.SSH_KEY_FILE
    processes: int = _PROCESSES
    port: int = archive.PORT
    authority: str = archive.AUTHORITY_FILE
    certificate: str = archive.CERTIFICATE_FILE
    member_name: str = archive.MEMBER_NAME


@dataclass(frozen=True, kw_only=True)
class OffsiteView:
    """What `sshd.conf.j2` shows."""

    name: str
    port: int = layout.SFTP_PORT
    user: str = layout.SFTP_USER
    host_key: str = layout.HOST_KEY_FILE
    authorized: str = layout.AUTHORIZED_FILE


def render_repository(database: str, source: LocalArchive, offsite_host: str) -> str:
    """The text of a repository's `pgbackrest.conf`; no secret is in it. `offsite_host`: empty without a second one."""
    return render(
        __file__,
        "pgbackrest.conf.j2",
        RepositoryView(
            database=database,
            hosts=source.hosts,
            data_directory=source.data_directory,
            socket_directory=source.socket_directory,
            offsite_host=offsite_host,
            offsite_folder=layout.offsite_folder(database),
        ),
    )


def render_offsite(name: str) -> str:
    """The text of the offsite server's `sshd_config`."""
    return render(__file__, "sshd.conf.j2", OffsiteView(name=name))


def render_plan(args: BackupArgs, database: str) -> str:
    """What the agent is told, as JSON."""
    kept = args.retention
    return json.dumps(
        {
            "stanza": database,
            "schedule": args.schedule,
            "daily": kept.daily,
            "weekly": kept.weekly,
            "monthly": kept.monthly,
            "repositories": [layout.SITE, *([layout.OFFSITE] if args.offsite else [])],
        },
        sort_keys=True,
    )
