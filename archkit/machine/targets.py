"""All checks of a target in their order, and the fixes between them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from archkit.engine.progress import ConsoleProgress, Progress
from archkit.errors import UserError
from archkit.machine import aws, base_image, daemon, docker, engine, lab, local, swarm
from archkit.machine.errors import NoDockerError
from archkit.machine.findings import Finding, State


class Target(StrEnum):
    """What a machine is prepared for."""

    LOCAL = "local"
    AWS = "aws"
    LAB = "lab"
    DIAGRAMS = "diagrams"


@dataclass(frozen=True)
class Item:
    """A check, the targets that need it, and the fix where there is one that asks nothing.

    `optional`: the target works without it, so that only `archkit doctor --fix` gets it.
    """

    check: Callable[[], Finding]
    targets: frozenset[Target]
    fix: Callable[[Progress], None] | None = None
    optional: bool = False


_ALL = frozenset(Target)
_ENGINE = frozenset({Target.LOCAL, Target.AWS, Target.LAB})
_DOCKER = frozenset({Target.LOCAL, Target.LAB})
_AWS = frozenset({Target.AWS})
_LAB = frozenset({Target.LAB})

# In the order in which each builds on those before it.
ITEMS = (
    Item(local.check_python, _ALL),
    Item(local.check_disk, _ENGINE),
    Item(local.check_memory, _ENGINE),
    Item(lab.check_root, _LAB),
    Item(docker.check, _DOCKER, daemon.fix),
    Item(lab.check_tools, _LAB, lab.fix_tools),
    Item(swarm.check, _DOCKER, swarm.fix),
    Item(base_image.check, _DOCKER, base_image.fix),
    Item(engine.check_engine, _ENGINE, engine.fix_engine),
    Item(engine.check_docker_provider, _DOCKER, engine.fix_engine),
    Item(engine.check_aws_provider, _AWS, engine.fix_aws_provider),
    Item(aws.check_credentials, _AWS),
    Item(aws.check_region, _AWS),
    Item(local.check_graphviz, _ALL, local.fix_graphviz, optional=True),
)


def inspect(target: Target) -> list[Finding]:
    """Looks at all that the target needs; changes nothing."""
    return [item.check() for item in ITEMS if target in item.targets]


def repair(
    target: Target, progress: Progress | None = None, *, optional: bool = True
) -> tuple[list[Finding], list[UserError]]:
    """Does what can be done without asking, and looks at all that the target needs.

    Args:
        target: What the machine is prepared for.
        progress: Where the steps are shown; on the console by default.
        optional: Also get what the target works without.

    Returns:
        What was found in the end, and why fixes failed.

    """
    shown = ConsoleProgress() if progress is None else progress
    findings: list[Finding] = []
    failures: list[UserError] = []
    no_docker = False
    for item in ITEMS:
        if target not in item.targets:
            continue
        finding = item.check()
        needs_docker = item.check in {swarm.check, base_image.check}
        wanted = finding.is_missing or (optional and item.optional and finding.state is not State.OK)
        if wanted and item.fix and not (no_docker and needs_docker):
            try:
                item.fix(shown)
            except UserError as error:
                failures.append(error)
                no_docker = no_docker or isinstance(error, NoDockerError)
                finding = replace(finding, remedy="see the error below")
            else:
                finding = item.check()
        findings.append(finding)
    return findings, failures


def prepare(target: Target, progress: Progress | None = None) -> list[Finding]:
    """Makes the machine ready for a target; seconds where it is ready already.

    Raises:
        NoDockerError: No Docker Engine can be had; everything else was made ready.
        UserError: Something else that the target needs is missing; one problem for each.

    """
    findings, failures = repair(target, progress, optional=False)
    for failure in failures:
        if isinstance(failure, NoDockerError):
            raise failure
    problems = [problem for failure in failures for problem in failure.problems]
    problems += [
        f"{finding.name}: {finding.detail}; {finding.remedy}"
        for finding in findings
        if finding.is_missing and finding.remedy != "see the error below"
    ]
    if problems:
        raise UserError.of(problems)
    return findings
