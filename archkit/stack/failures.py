"""What the engine says when it fails, as messages that help."""

from __future__ import annotations

import re

from archkit.errors import UserError
from archkit.stack.progress import Progress

# What to look for in the engine's words, and what to say instead.
_KNOWN: tuple[tuple[str, str], ...] = (
    (
        r"no stack named .* found",
        "stack: {name!r} has a file but no state in this backend; run `archkit init {name}`",
    ),
    (
        r"the stack is currently locked by|\[409\] Conflict",
        "stack: {name!r} is locked by another run; wait for it, or, where that run is dead, "
        "`pulumi cancel --stack {name}`",
    ),
    (
        r"incorrect passphrase|passphrase must be set",
        "passphrase: must be the one that {name!r} was made with, got another; its secrets cannot be read",
    ),
    (
        r"Cannot connect to the Docker daemon|error during connect|docker daemon is not running",
        "docker: the daemon must answer, got no answer; run `archkit doctor --fix`",
    ),
    (
        r"This node is not a swarm manager|not a swarm manager",
        "docker: this node must be a swarm manager; run `archkit doctor --fix`",
    ),
    (
        r"no resource plugin 'pulumi-resource-(?P<plugin>[a-z]+)"
        r"|(?:failed|error|could not)[^\n]*(?:resource plugin|version for provider) (?P<other>[a-z]+)",
        "engine: the provider's plugin could not be loaded; it is downloaded from Pulumi's own servers, which this "
        "machine must reach: `pulumi plugin install resource {plugin}`",
    ),
)
_ROLLBACK = re.compile(r"service rollback completed|did not converge|update paused")
_NOISE = re.compile(r"^(error: )?(update failed|preview failed|resource .* errored|one or more)", re.IGNORECASE)


def explain(name: str, said: str, progress: Progress) -> UserError:
    """The user's message for a run of the engine that failed.

    Args:
        name: The stack.
        said: All that it printed.
        progress: What was followed of the run.

    """
    for pattern, message in _KNOWN:
        found = re.search(pattern, said) or re.search(pattern, "\n".join(message for _, message in progress.messages))
        if found:
            plugin = next((value for value in found.groupdict().values() if value), "aws")
            return UserError(message.format(name=name, plugin=plugin))
    return UserError(*(_told(progress) or (_tail(said),)))


def rolled_back(progress: Progress) -> list[str]:
    """Logical names of services whose new version did not get healthy."""
    return [urn.split("::")[-1] for urn, said in progress.messages if urn and _ROLLBACK.search(said)]


def _told(progress: Progress) -> list[str]:
    problems: list[str] = []
    for urn, said in progress.messages:
        clean = re.sub(r"\x1b\[[0-9;]*m|<\{%[a-z]+%\}>", "", said).strip()
        clean = clean.removeprefix("error: ").strip()
        if not clean or _NOISE.match(clean):
            continue
        name = urn.split("::")[-1] if urn and "pulumi:pulumi:Stack" not in urn else ""
        problems.append(f"{name}: {clean}" if name else clean)
    return list(dict.fromkeys(problems))


def _tail(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())[-2000:]
