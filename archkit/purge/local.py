"""Purges a local CDN: its shield first, then each edge location, by calls that bear the stack's key."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import docker
import httpx

from archkit.errors import UserError
from archkit.labels import COMPONENT, ROLE, STACK
from archkit.plain import items, mapping, text
from archkit.purge.request import Purge, Purged
from archkit.stack.docker import client, name_of, services
from archkit.stack.project import Project
from stacks.program import KEYS

EDGE_ROLE = "edge-location"
SHIELD = "shield"
TIMEOUT_SECONDS = 5.0


def purge(project: Project, stack: str, config: dict[str, Any], wanted: Purge) -> list[Purged]:
    """Removes it from every CDN of a stack.

    Raises:
        UserError: The stack has no CDN here, its key is missing, or a location does not answer; those that do were
            purged nevertheless.

    """
    found = locations(client(config), stack)
    if not found:
        message = f"stack: {stack!r} must have a CDN, got none on this Docker daemon; run `archkit up {stack}` first"
        raise UserError(message)
    done: list[Purged] = []
    problems: list[str] = []
    for component, edges in found.items():
        purged, missed = purge_cdn(project.root / KEYS / stack / component, component, edges, wanted)
        done += purged
        problems += missed
    if problems:
        raise UserError(*problems)
    return done


def locations(daemon: docker.DockerClient, stack: str) -> dict[str, dict[str, str]]:
    """By CDN, the address of each of its edge locations."""
    found: dict[str, dict[str, str]] = {}
    for service in services(daemon, stack):
        spec = mapping(mapping(service.attrs)["Spec"])
        labels = mapping(spec.get("Labels"))
        if labels.get(ROLE) != EDGE_ROLE or labels.get(STACK) != stack:
            continue
        for port in items(mapping(spec.get("EndpointSpec")).get("Ports")):
            component = text(labels[COMPONENT])
            found.setdefault(component, {})[name_of(service)] = f"https://localhost:{port['PublishedPort']}"
    return found


def purge_cdn(folder: Path, component: str, edges: dict[str, str], wanted: Purge) -> tuple[list[Purged], list[str]]:
    """Shield, then edges: an edge that was first could fill itself again from the shield.

    Args:
        folder: Where the stack's keys are.
        component: The CDN.
        edges: Addresses by name.
        wanted: What is to go.

    Returns:
        Where it is gone, and a problem for each place where it may be left.

    """
    try:
        key = (folder / "purge-key").read_text()
        trust = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    except OSError:
        message = (
            f"cdn/{component}: must have its key in {KEYS}, got none; purge from the checkout that deployed the stack, "
            "or deploy it again from here"
        )
        return [], [message]
    done: list[Purged] = []
    problems: list[str] = []
    with httpx.Client(verify=trust, timeout=TIMEOUT_SECONDS, headers={"Authorization": f"Bearer {key}"}) as http:
        said = ""
        for address in edges.values():
            said = _ask(http, address, wanted, at=SHIELD)
            if not said:
                done.append(Purged(component=component, place=SHIELD, state="purged"))
                break
        if said:
            problems.append(
                f"cdn/{component}/{SHIELD}: must confirm the purge, got {said}; edges were not purged either, "
                "for they would take the old answer from it again"
            )
            return done, problems
        for name, address in edges.items():
            said = _ask(http, address, wanted, at="edge")
            if said:
                problems.append(
                    f"cdn/{component}/{name}: must confirm the purge, got {said}; what it keeps is sent until its time "
                    "has passed, unless it starts anew; purge again once it answers"
                )
            else:
                done.append(Purged(component=component, place=name, state="purged"))
    return done, problems


def _ask(http: httpx.Client, address: str, wanted: Purge, *, at: str) -> str:
    """What went wrong; empty where it was purged."""
    headers = {"X-Archkit-Purge-At": at, **({"X-Archkit-Purge-Tag": wanted.tag} if wanted.tag else {})}
    try:
        answer = http.request("PURGE", f"{address}{wanted.path or '/'}", headers=headers)
    except httpx.HTTPError as error:
        return f"no answer ({type(error).__name__})"
    return "" if answer.is_success else f"status {answer.status_code}"
