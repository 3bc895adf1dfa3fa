"""What a Docker service or container says of itself, in one shape for both types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from archkit.graph import Resource
from topology.draft.facts import get, items, text, texts, whole
from topology.draft.ids import stem

SERVICE = "docker:index/service:Service"
CONTAINER = "docker:index/container:Container"
_ZONE = re.compile(r"(?:node|engine)\.labels\.[\w.-]*zone[\w.-]*\s*==\s*(?P<zone>[\w.-]+)")

_LETTER = re.compile(r"(?<=[a-z0-9])-[a-z]$")


@dataclass(frozen=True, kw_only=True)
class Published:
    """One published port. Args: `outside` is 0 where Docker chooses it."""

    outside: int
    inside: int
    protocol: str


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A service or container.

    Args:
        resource: Where it comes from.
        inner: The container's own part of the inputs, and `place`, where that stands.
        name: In Docker; the logical name where Docker's is made up.

    """

    resource: Resource
    inner: Mapping[str, Any]
    place: str
    name: str

    @property
    def image(self) -> str:
        return text(self.inner, "image")

    @property
    def labels(self) -> Mapping[str, str]:
        found = {text(one, "label"): text(one, "value") for one in items(self.resource.inputs, "labels")}
        inner = self.inner.get("labels")
        found.update(
            {text(one, "label"): text(one, "value") for one in items(inner)} if isinstance(inner, list) else {}
        )
        return found

    @property
    def network_path(self) -> str:
        return "taskSpec.networksAdvanceds" if self.resource.type == SERVICE else "networksAdvanced"

    @property
    def networks(self) -> list[Mapping[str, Any]]:
        return items(self.resource.inputs, *self.network_path.split("."))

    @property
    def published(self) -> list[Published]:
        if self.resource.type == SERVICE:
            ports, inside, outside = items(self.resource.inputs, "endpointSpec", "ports"), "targetPort", "publishedPort"
        else:
            ports, inside, outside = items(self.resource.inputs, "ports"), "internal", "external"
        return [
            Published(
                inside=whole(port, inside) or 0,
                outside=whole(port, outside) or 0,
                protocol=text(port, "protocol") or "tcp",
            )
            for port in ports
        ]

    @property
    def replicas(self) -> int | None:
        """Replicas of a service; None where it runs on every node, or is a single container."""
        if self.resource.type != SERVICE or get(self.resource.inputs, "mode", "global"):
            return None
        count = whole(self.resource.inputs, "mode", "replicated", "replicas")
        return 1 if count is None else count

    @property
    def everywhere(self) -> bool:
        return bool(get(self.resource.inputs, "mode", "global"))

    @property
    def zone(self) -> str:
        """The zone that a placement constraint pins it to."""
        for constraint in texts(self.resource.inputs, "taskSpec", "placement", "constraints"):
            if match := _ZONE.fullmatch(constraint.strip()):
                return match["zone"]
        return ""

    @property
    def spread(self) -> bool:
        return any("zone" in one for one in texts(self.resource.inputs, "taskSpec", "placement", "prefs"))

    @property
    def stem(self) -> str:
        """The name without the number or zone that tells it from its likes: `web` of `web-12`."""
        return self.without_place(self.name)

    def without_place(self, name: str) -> str:
        """A name without its number or zone at the end."""
        if self.zone:
            name = name.removesuffix(self.zone).rstrip("-_.") or name
        if self.labels.get("archkit.component"):  # the kit tells likes of one role by letters, too: `cdn-a`, `cdn-b`
            name = _LETTER.sub("", name)
        return stem(name)

    @property
    def program(self) -> str:
        """The program that is started, where it is not the image's own: `valkey-sentinel`."""
        for key in ("commands", "command", "args"):
            if words := texts(self.inner, key):
                return words[0].rpartition("/")[2]
        return ""

    @property
    def command(self) -> list[str]:
        """Everything that is started: command, then arguments."""
        return [word for key in ("commands", "command", "args") for word in texts(self.inner, key)]

    def words(self) -> Iterator[str]:
        """Every plain text in which it may name another service: environment, arguments, command."""
        for key in ("env", "envs", "args", "command", "commands", "entrypoints"):
            yield from _texts(self.inner.get(key))


def spec_of(resource: Resource) -> Spec:
    """Reads a service or a container."""
    if resource.type == SERVICE:
        inner = get(resource.inputs, "taskSpec", "containerSpec")
        place = "taskSpec.containerSpec"
    else:
        inner, place = resource.inputs, ""
    mapping: Mapping[str, Any] = cast("Mapping[str, Any]", inner) if isinstance(inner, Mapping) else {}
    return Spec(resource=resource, inner=mapping, place=place, name=text(resource.inputs, "name") or resource.name)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in cast("Mapping[str, Any]", value).values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in cast("list[Any]", value):
            yield from _texts(one)
