"""What clients of the catalogue see of failures of its parts: the API's drills as rows."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

from archkit.bench.database_rows import lost_row
from archkit.bench.deployment import Deployment
from archkit.bench.drilled import drilled
from archkit.bench.rows import Row, spread, tried
from archkit.drills.deployed import deployed
from archkit.drills.report import Report
from archkit.drills.report.measures import Measures
from archkit.drills.runner import Options
from archkit.drills.scenarios.api.cache_primary_killed import P99_SECONDS
from archkit.drills.scenarios.api.primary_killed import WRITE_GAP_SECONDS
from archkit.stack.project import Project


def measure(project: Project, api: Deployment, *, rounds: int) -> list[Row]:
    """The rows of all three, on a stack that answers.

    Args:
        project: The checkout.
        api: The stack.
        rounds: How often each failure is made.

    """

    def report(name: str) -> Report:
        return drilled(project, name, deployed(project, api.name), Options(repeat=rounds), label="api-local")

    return [
        *tried("api-cache-primary-killed", lambda: _cache_rows(report("api-cache-primary-killed"), tail=True)),
        *tried("api-cache-gone", lambda: _cache_rows(report("api-cache-gone"), tail=False)),
        *tried("api-primary-killed", lambda: _database_rows(report("api-primary-killed"))),
    ]


def _cache_rows(report: Report, *, tail: bool) -> list[Row]:
    """Requests that failed, the slowest in a hundred, and when answers came from the cache again."""
    failed = [run.measures.failed for run in report.runs]
    rows = [_failures(report, failed, "failed requests")]
    tails = [one.latency.p99_milliseconds / 1e3 for run in report.runs if (one := run.measures).latency]
    if tails:
        rows.append(
            Row(
                what=f"{report.scenario}: p99 of all requests, s",
                target=f"< {P99_SECONDS:g}" if tail else "",
                measured=f"{median(tails):.2f}",
                met=max(tails) < P99_SECONDS if tail else None,
                n=len(tails),
                spread=spread(tails, 2),
            )
        )
    for what in dict.fromkeys(one.what for run in report.runs for one in run.timings if "cache again" in one.what):
        taken = [one.seconds for run in report.runs for one in run.timings if one.what == what]
        reached = [one for one in taken if one is not None]
        rows.append(
            Row(
                what=f"{report.scenario}: {what}, by itself, s",
                target="in each",
                measured=f"{median(reached):.1f}" if reached else "not in time",
                met=len(reached) == len(taken),
                n=len(taken),
                spread=spread(reached),
            )
        )
    return rows


def _database_rows(report: Report) -> list[Row]:
    """Reads that failed, the longest time without a write, and what became of writes that were acknowledged."""
    gaps = [(run.measures.write_gap or run.measures.gap).seconds for run in report.runs]
    failed = [_failed_reads(run.measures) for run in report.runs]
    written = sum(one.acknowledged for run in report.runs if (one := run.measures.consistency))
    unknown = sum(run.measures.unknown or 0 for run in report.runs)
    return [
        _failures(report, failed, "failed reads"),
        Row(
            what=f"{report.scenario}: longest gap between written products, s",
            target=f"<= {WRITE_GAP_SECONDS:g}",
            measured=f"{median(gaps):.1f}",
            met=max(gaps) <= WRITE_GAP_SECONDS,
            n=len(gaps),
            spread=spread(gaps),
        ),
        replace(lost_row(report), note=f"{written} products acknowledged, {unknown} writes without a clear answer"),
    ]


def _failed_reads(measures: Measures) -> int:
    writes = measures.consistency
    return measures.failed - (writes.attempted - writes.acknowledged if writes else 0)


def _failures(report: Report, failed: list[int], what: str) -> Row:
    sent = [run.measures.sent for run in report.runs]
    void = [run for run in report.runs if run.measures.problem]
    missed = dict.fromkeys(line for run in report.runs for line in run.expectations)
    return Row(
        what=f"{report.scenario}: {what}",
        target="0",
        measured=str(sum(failed)),
        met=not any(failed) and not void,
        n=len(failed),
        spread=spread(failed, 0),
        note="; ".join([f"{min(sent)} to {max(sent)} requests a run", *missed]),
    )
