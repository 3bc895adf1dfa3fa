"""Everything is gone but the copies at the other site."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from archkit.backup.find import PLACES, sql
from archkit.backup.held import copies
from archkit.drills.deployed import Deployed
from archkit.drills.drill import AFTER_SECONDS, STEADY_SECONDS, Drill
from archkit.drills.scenarios.backup.copied import OnBackup, backup, database, leader, repository
from archkit.drills.scenarios.backup.loss import come_back, forget, lose
from archkit.drills.scenarios.database.cluster import members, whole
from archkit.drills.timeline import FAULT
from archkit.errors import UserError
from archkit.plain import mapping
from archkit.stack.project import Project, find_project
from components.access.archive import TIMEOUT_SECONDS
from components.objectives import Objectives

RECOVERY_SECONDS = 300.0
WHOLE_SECONDS, COPIED_SECONDS = 90.0, 120.0  # from the site's loss on, beyond what getting it back may take
_WORST_SHARE = 0.9  # of the time in which the next segment of the log would leave
_LAST_LINES = 5
_ARCHIVED = "SELECT coalesce(extract(epoch FROM last_archived_time), 0) FROM pg_stat_archiver"


class SiteLost(OnBackup):
    """The documented way back, on a host that has nothing of the stack but its file and the offsite server's disk."""

    name = "site-lost"
    title = "Every server, network, secret and volume of the stack is destroyed, but for the offsite copies"
    reason = (
        "a segment of the log goes to the other site when it is full, and after `archive_timeout` at the latest: what "
        "was written since the last one is lost with the site, and nothing before it"
    )
    setting = "postgresql: `archive_timeout`; backup/offsite; `archkit restore STACK --offsite`"
    destroys = True

    def needs(self, deployed: Deployed) -> str | None:
        return super().needs(deployed) or _offsite(deployed) or _unprotected(deployed) or _made(deployed)

    def promised(self, deployed: Deployed) -> Objectives:
        seconds = float(mapping(backup(deployed).outputs["recovery_point"])["offsite_seconds"])
        return Objectives(recovery_time_seconds=RECOVERY_SECONDS, recovery_point_seconds=seconds)

    def run(self, drill: Drill) -> None:
        deployed, project = drill.deployed, find_project()
        orders = database(deployed)
        if not any(one.place == "offsite" for one in copies(repository(deployed))):
            message = (
                "site-lost: a copy must be offsite before the site is lost, got none; `archkit backup now` makes one"
            )
            raise UserError(message)
        count = len(members(deployed, orders))
        drill.steady(STEADY_SECONDS)
        drill.clients_may_see(gap_seconds=RECOVERY_SECONDS)
        _wait_for_the_worst_moment(drill)
        lost_at = datetime.now(UTC)
        drill.timeline.mark("the drill destroys the site: all of the stack but its offsite copies", kind=FAULT)
        clients = lose(deployed, orders, keep=f"{deployed.stack}-{backup(deployed).name}-offsite")
        forget(project, deployed.stack)
        drill.timeline.mark("nothing of the stack is left but its file and the offsite copies")
        for arguments in (("restore", deployed.stack, "--offsite"), ("up", deployed.stack)):
            _archkit(drill, project, *arguments)
        come_back(deployed, orders, clients)
        drill.expect(
            f"a member of {orders} leads and {count - 1} stream from it",
            whole(deployed, orders, count),
            within=RECOVERY_SECONDS + WHOLE_SECONDS,
        )
        drill.expect(
            "it is copied again, at both places",
            lambda: _copied_since(deployed, lost_at),
            within=RECOVERY_SECONDS + WHOLE_SECONDS + COPIED_SECONDS,
        )
        drill.hold(AFTER_SECONDS)


def _wait_for_the_worst_moment(drill: Drill) -> None:
    """Shortly before a segment leaves: then most of what was written is here only."""
    member, last = leader(drill.deployed), 0.0
    until = time.monotonic() + 2 * TIMEOUT_SECONDS * drill.patience
    before = float(sql(member, _ARCHIVED))
    while (last := float(sql(member, _ARCHIVED))) == before:
        if time.monotonic() > until:
            message = f"site-lost: the log must leave the primary within {TIMEOUT_SECONDS} s, got none of it"
            raise UserError(message)
        time.sleep(0.2)
    drill.timeline.mark("a segment of the log has just left: the next one is waited for, almost")
    drill.hold(max(0.0, last + TIMEOUT_SECONDS * _WORST_SHARE - time.time()))


def _archkit(drill: Drill, project: Project, *arguments: str) -> None:
    """One documented command, as somebody types it."""
    began = time.monotonic()
    command = [str(Path(sys.executable).with_name("archkit")), *arguments]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)
    said = " ".join(("archkit", *arguments))
    if done.returncode != 0:
        told = "; ".join((done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:])
        message = f"site-lost: `{said}` must bring the site back, got exit code {done.returncode}: {told}"
        raise UserError(message)
    drill.timeline.mark(f"`{said}` has ended (after {time.monotonic() - began:.1f} s)")


def _copied_since(deployed: Deployed, moment: datetime) -> bool:
    """Whether both places hold a copy that is newer: the log before it is of a database that is gone."""
    try:
        return {one.place for one in copies(repository(deployed)) if one.stopped > moment} == set(PLACES.values())
    except UserError:
        return False


def _offsite(deployed: Deployed) -> str | None:
    if "offsite_seconds" in mapping(backup(deployed).outputs.get("recovery_point")):
        return None
    return "needs copies at another site: `offsite` of the backup is off"


def _unprotected(deployed: Deployed) -> str | None:
    kept = [one.name for one in deployed.graph.resources if one.outputs.get("protected")]
    return f"destroys data, and {', '.join(kept)} is protected: not in the profile `prod`" if kept else None


def _made(deployed: Deployed) -> str | None:
    if find_project().stack_file(deployed.stack).exists():
        return None
    return "needs the stack's file, without which nobody can read the copies; `archkit init` makes it"
