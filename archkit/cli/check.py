"""`archkit check`: what a review would find in a design, before it is deployed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape

from archkit import console
from archkit.errors import UserError
from archkit.policies import Finding, all_policies, check
from archkit.recorder.stacks import record_stack


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("check")(run)


def run(
    stack: Annotated[str | None, typer.Argument(help="`<design>-<target>`, such as `web-aws`.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    accept: Annotated[list[str] | None, typer.Option(help="Leave a policy out, by its id; may be repeated.")] = None,
    show_list: Annotated[bool, typer.Option("--list", help="Show all policies instead.")] = False,
) -> None:
    """Check a design against what the provider's documentation rules out, or a review would ask for.

    Ends with 1 when a policy is violated. Nothing is deployed and no cloud is asked.

    Examples:

        archkit check web-aws

        archkit check web-aws --json

        archkit check web-aws --accept aws-backup-compliance-lock

        archkit check --list
    """
    if show_list:
        _list(as_json)
        return
    if stack is None:
        message = "stack: must be <design>-<target>, got nothing; for example `archkit check web-aws`"
        raise UserError(message)
    recorded = record_stack(stack)
    findings = check(recorded, accepted=accept or [])
    if as_json:
        console.print_json(
            {"stack": stack, "resources": len(recorded.resources), "findings": list(map(asdict, findings))}
        )
        if findings:
            raise typer.Exit(1)
        return
    if findings:
        raise UserError.of(map(line, findings))
    console.out.print(
        f"{stack}: {len(recorded.resources)} resources keep all {len(all_policies())} policies", markup=False
    )


def line(finding: Finding) -> str:
    """A finding as one line: where, what, why, and the remedy."""
    return f"{finding.place}: {finding.resource}: {finding.reason}; {finding.remedy} ({finding.policy})"


def _list(as_json: bool) -> None:
    policies = all_policies()
    if as_json:
        console.print_json([{"id": one.id, "title": one.title, "source": one.source} for one in policies])
        return
    width = max(len(one.id) for one in policies)
    for one in policies:
        title, source = escape(one.title), escape(one.source)
        console.out.print(f"{one.id:<{width}}  {title} [dim]({source})[/dim]")
