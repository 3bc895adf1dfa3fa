"""A backup that left the design: its database no longer keeps the log for it.

Decision record: docs/adr/0007-archiving-on-demand.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archkit.backup.find import PLAN, members
from archkit.backup.inside import Inside
from archkit.errors import UserError
from archkit.labels import COMPONENT, ROLE
from archkit.plain import items, mapping, text
from archkit.stack.docker import client, services
from components.database.local.layout import AUTHORITY_FILE, CERTIFICATE_FILE, COMMON_NAME, PATRONI_PORT

_PUSH = "pgbackrest-push "  # how the command begins that `member-archive` switches on
_OFF = {"postgresql": {"parameters": {"archive_command": "/bin/true"}}}
_ADDRESS = f"https://{COMMON_NAME}:{PATRONI_PORT}/config"
_ASK = (
    *("curl", "--silent", "--show-error", "--fail", "--max-time", "10", "--cacert", AUTHORITY_FILE),
    *("--resolve", f"{COMMON_NAME}:{PATRONI_PORT}:127.0.0.1"),
)


def settle(config: Mapping[str, Any], stack: str) -> list[str]:
    """Switches archiving off for each database that no repository copies any more.

    Members switch it on by themselves, as soon as a repository is ready; that one is gone for good only who knows the
    design can tell: to a member it looks like one that is away for a while.

    Returns:
        The databases that it was switched off for.

    Raises:
        UserError: One refused.

    """
    copied, databases = _declared(config, stack)
    return [one for one in sorted(databases - copied) if _switch_off(config, stack, one)]


def _declared(config: Mapping[str, Any], stack: str) -> tuple[set[str], set[str]]:
    """The databases that are copied, and every component that has members: caches are among those."""
    copied: set[str] = set()
    databases: set[str] = set()
    for service in services(client(config), stack):
        spec = mapping(mapping(service.attrs)["Spec"])
        labels = mapping(spec.get("Labels"))
        if labels.get(ROLE) == "member":
            databases.add(text(labels[COMPONENT]))
        elif labels.get(ROLE) == "repository":
            container = mapping(mapping(spec["TaskTemplate"])["ContainerSpec"])
            environment = dict(text(one).split("=", 1) for one in items(container.get("Env")))
            copied.add(text(json.loads(environment[PLAN])["stanza"]))
    return copied, databases


def _switch_off(config: Mapping[str, Any], stack: str, database: str) -> bool:
    """Whether it was on. Any member may be asked: what they share stands in etcd."""
    for member in members(config, stack, database):
        found = member.run(*_ASK, _ADDRESS)
        if found.code == 0:
            if _PUSH not in found.out:
                return False
            _patch(member, database)
            return True
    return False


def _patch(member: Inside, database: str) -> None:
    change = ("--output", "/dev/null", "--cert", CERTIFICATE_FILE, "--request", "PATCH", "--data", json.dumps(_OFF))
    done = member.run(*_ASK, *change, _ADDRESS)
    if done.code != 0:
        message = (
            f"database/{database}: archiving must end, since no backup keeps its log any more, got "
            f"{done.said.strip()[-200:]}; it would keep up to 4 GB of log: run `archkit up` again"
        )
        raise UserError(message)
