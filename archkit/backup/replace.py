"""Puts restored content in the place of what runs: in one transaction, so that it is all of it or nothing."""

from __future__ import annotations

import subprocess

from archkit.backup.compare import compared, content
from archkit.backup.inside import Inside
from archkit.errors import UserError

DATABASE = "app"
_LOCK_SECONDS = 30
_LAST = 300


def replace(restored: Inside, running: Inside) -> None:
    """The running database's content becomes the restored one's; members, roles and passwords stay.

    Tables are locked from the beginning to the end. Every copy that was made before stays: it can be undone by
    restoring to a moment before.

    Raises:
        UserError: It failed, and nothing was changed; or what runs is not the same afterwards.

    """
    dump = [*_inside(restored), "pg_dump", "--host=/tmp", "--format=custom", "--compress=0", f"--dbname={DATABASE}"]
    options = f"-c lock_timeout={_LOCK_SECONDS}s -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
    load = [
        *_inside(running, f"PGOPTIONS={options}"),
        *("pg_restore", "--host=/tmp", f"--dbname={DATABASE}", "--single-transaction", "--exit-on-error"),
        *("--clean", "--if-exists", "--no-password"),
    ]
    with (
        subprocess.Popen(dump, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as source,
        subprocess.Popen(load, stdin=source.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as sink,
    ):
        assert source.stdout is not None  # or the dump would not notice that its reader is gone
        source.stdout.close()
        said = sink.communicate()[1] + (source.stderr.read() if source.stderr else b"")
    if source.returncode or sink.returncode:
        told = said.decode(errors="replace").strip()[-_LAST:]
        message = f"restore/replace: must succeed in one transaction, got {told}; nothing was changed"
        raise UserError(message)
    different = [one.table for one in compared(content(restored), content(running)) if not one.same]
    if different:
        message = (
            f"restore/replace: every table must be as restored, got another content in {', '.join(different)}; an "
            "application wrote already, or a table is missing"
        )
        raise UserError(message)


def _inside(one: Inside, *environment: str) -> list[str]:
    host = str(one.daemon.api.base_url)
    where = [] if host.startswith("http+docker:") else [f"--host={host}"]
    given = [part for value in environment for part in ("--env", value)]
    return ["docker", *where, "exec", "--interactive", *given, one.container]
