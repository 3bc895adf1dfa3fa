"""Copies and restores of the api design's database on Docker, 300 MB of it, and the loss of the whole site."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from archkit.backup.compare import at_rest
from archkit.backup.copying import copy_now
from archkit.backup.find import OFFSITE, PLACES, SITE, Repository, one_repository, primary, sql
from archkit.backup.held import copies
from archkit.backup.inside import Inside
from archkit.backup.restore import restore, send_the_log, service_name
from archkit.backup.runner import remove
from archkit.bench.backup_rows import lost_rows, point_in_time_row
from archkit.bench.deployment import Deployment, temporary
from archkit.bench.drilled import drilled
from archkit.bench.rows import Row, kept, spread, tried
from archkit.drills.deployed import deployed
from archkit.drills.report import Report
from archkit.drills.runner import Options, held, run_scenario
from archkit.drills.scenarios import scenarios
from archkit.drills.scenarios.backup.copied import archiving_stopped
from archkit.errors import UserError
from archkit.stack.project import Project
from archkit.stack.volumes import remove as remove_volumes

CONFIG = {"archkit:target": "local"}
MEGABYTES = 300
SECONDS = 30.0
FIRST_COPIES_SECONDS = 180.0
_LABEL = "api-local"
_TRIAL = "bench"
# Rows of half a kilobyte that no compression makes smaller: 300 MB are 300 MB to send.
_FILLING = " || ".join(f"sha512(('{part} ' || n)::bytea)" for part in range(8))
_FILL = "CREATE TABLE bench_rows AS SELECT n AS id, {filling} AS filling FROM generate_series(1, {rows}) AS n"
_ROW_BYTES = 550


@dataclass(frozen=True, kw_only=True)
class Round:
    """One copy, one restore of it: how long each took, and how many tables were not the same."""

    copied_seconds: float
    restored_seconds: float
    different: int


def measure(project: Project, *, rounds: int = 3) -> list[Row]:
    """All rows, on a stack of its own, which is destroyed by the last of them but one and comes back.

    Args:
        project: The checkout.
        rounds: How often a copy is made and restored; the site is lost once, and once more as the control.

    """
    rows: list[Row] = []
    with (
        kept(rows, "a stack with copies made and removed"),
        temporary(project, "bench-backup", "api.service.capacity.maximum=3", source="api-local") as stack,
    ):
        try:
            stack.up()
            repository = _copied(stack)
            fill(_leader(stack))
            send_the_log(_leader(stack))  # a restore would wait for it first
            rows += tried("copy and restore of 300 MB", partial(_copies, stack, repository, rounds))
            rows += tried("drills of the copies", partial(_drills, project, stack))
        finally:
            stack.destroy()
            remove_volumes(stack.docker, stack.name)
    return rows


def fill(leader: Inside, megabytes: int = MEGABYTES) -> None:
    """Makes the application's database so large."""
    sql(
        leader,
        "SET statement_timeout = 0",
        _FILL.format(filling=_FILLING, rows=megabytes * 10**6 // _ROW_BYTES),
        database="app",
    )


def copy_rows(made: list[Round], megabytes: int) -> list[Row]:
    """What copying and restoring took, and whether anything was not the same."""
    different = sum(one.different for one in made)
    return [
        _seconds(
            "base backup of 300 MB, s", [one.copied_seconds for one in made], f"{megabytes} MB, the site's repository"
        ),
        _seconds("restore of 300 MB, content compared, s", [one.restored_seconds for one in made], f"{megabytes} MB"),
        Row(
            what="restored tables whose rows or hash differ",
            target="0",
            measured=str(different),
            met=different == 0,
            n=len(made),
        ),
    ]


def _seconds(what: str, values: list[float], note: str) -> Row:
    return Row(
        what=what,
        target=f"<= {SECONDS:g}",
        measured=f"{median(values):.1f}",
        met=max(values) <= SECONDS,
        n=len(values),
        spread=spread(values),
        note=note,
    )


def _copies(stack: Deployment, repository: Repository, rounds: int) -> list[Row]:
    return copy_rows([_round(stack, repository) for _ in range(rounds)], _megabytes(stack))


def _drills(project: Project, stack: Deployment) -> list[Row]:
    found = deployed(project, stack.name)
    options = Options(force=True)
    tested = drilled(project, "restore-tested", found, options, label=_LABEL)
    lost = drilled(project, "site-lost", found, options, label=_LABEL)
    control = _control(project, stack, options)
    return [point_in_time_row(tested), *lost_rows(lost, control)]


def _control(project: Project, stack: Deployment, options: Options) -> Report:
    """The same loss where the log is let go; no report of it is kept, since nobody runs a stack so."""
    found = deployed(project, stack.name)
    with (
        TemporaryDirectory() as folder,
        held(stack.name, doing="bench control"),
        archiving_stopped(_leader(stack)),
    ):
        return run_scenario(scenarios()["site-lost"], found, options, folder=Path(folder))


def _round(stack: Deployment, repository: Repository) -> Round:
    """Nobody writes meanwhile, so that what was restored has to be what runs."""
    name = service_name(repository, _TRIAL)
    copied = _timed(lambda: copy_now(repository, SITE, whole=True))
    at, then = at_rest(_leader(stack))
    began = time.monotonic()
    result = restore(CONFIG, repository, at, name)
    try:
        return Round(
            copied_seconds=copied,
            restored_seconds=time.monotonic() - began,
            different=sum(not one.same or one.restored != then.get(one.table) for one in result.tables),
        )
    finally:
        remove(CONFIG, name, volume=True)


def _copied(stack: Deployment) -> Repository:
    """The repository, once it has made its first copies at both places by itself."""
    repository = one_repository(CONFIG, stack.name, None)
    until = time.monotonic() + FIRST_COPIES_SECONDS
    while {one.place for one in copies(repository)} != {PLACES[SITE], PLACES[OFFSITE]}:
        if time.monotonic() > until:
            message = f"bench backup: a copy must be at both places within {FIRST_COPIES_SECONDS:g} s, got none"
            raise UserError(message)
        time.sleep(1)
    return repository


def _leader(stack: Deployment) -> Inside:
    found = primary(CONFIG, stack.name, "database")
    if found is None:
        message = f"{stack.name}: must have a primary, got none"
        raise UserError(message)
    return found


def _megabytes(stack: Deployment) -> int:
    return int(sql(_leader(stack), "SELECT pg_database_size('app')")) // 10**6


def _timed(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began
