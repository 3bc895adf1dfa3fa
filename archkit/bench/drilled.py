"""Drills as measurements: their reports are kept where `archkit bench` makes docs/drills.md of them."""

from __future__ import annotations

from dataclasses import replace

from archkit.drills.deployed import Deployed
from archkit.drills.report import Report, write_report
from archkit.drills.runner import Options, held, run_scenario
from archkit.drills.scenarios import scenarios
from archkit.stack.project import Project


def drilled(project: Project, name: str, found: Deployed, options: Options, *, label: str) -> Report:
    """The report of one scenario, also written to `.archkit/drills/<label>/<name>/`.

    Args:
        project: The checkout.
        name: The scenario's.
        found: The stack, which fits.
        options: How.
        label: What the stack is called in the documents: `web-local` for a temporary one of the same configuration.

    """
    folder = project.private / "drills" / label / name
    with held(found.stack, doing=f"bench {name}"):
        report = run_scenario(scenarios()[name], found, options, folder=folder)
    report = replace(report, stack=label)
    write_report(report, folder)
    return report
