"""Stable identifiers: a function of the resource alone, safe in SVG, Graphviz and Mermaid."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from archkit.graph import Resource

MAX_LENGTH = 60
_OTHER = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"([0-9]+)")
_NUMBERED = re.compile(r"^(?P<stem>.*?[a-zA-Z])[-_.]?[0-9]+$")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def slug(text: str) -> str:
    """Lower-case words joined by dashes; a text that loses anything else than case and dashes keeps a short hash."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = _OTHER.sub("-", plain.lower()).strip("-")
    lossless = words == text.lower().replace("_", "-").replace(".", "-").replace("/", "-").replace(":", "-")
    if lossless and 0 < len(words) <= MAX_LENGTH:
        return words if words[0].isalpha() else f"n-{words}"
    short = words[: MAX_LENGTH - 9].strip("-")
    return "-".join(part for part in ("n" if not short[:1].isalpha() else "", short, _digest(text)) if part)


def resource_ids(resources: Iterable[Resource]) -> Mapping[str, str]:
    """An id for each URN: `rds-cluster-orders`; resources of one type and name get a hash of their place as well."""
    wanted: dict[str, list[str]] = {}
    for resource in resources:
        wanted.setdefault(slug(f"{short_type(resource.type)}-{resource.name}"), []).append(resource.urn)
    return {
        urn: wish if len(urns) == 1 else f"{wish}-{_digest(urn.split('::', 2)[-1])}"
        for wish, urns in wanted.items()
        for urn in urns
    }


def stem(name: str) -> str:
    """A name without the number that tells it from its likes: `web` of `web-12`."""
    match = _NUMBERED.match(name)
    return match["stem"] if match else name


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts `web-2` before `web-10`."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in _NUMBER.split(name) if part)


def short_type(type_: str) -> str:
    """`rds-cluster` of `aws:rds/cluster:Cluster`; `docker-service` of `docker:index/service:Service`."""
    package, _, rest = type_.partition(":")
    module, _, name = rest.partition(":")
    module = module.partition("/")[0]
    words = _WORDS.sub("-", name or module).lower()
    return f"{package if module in ('', 'index') or package not in ('aws',) else module}-{words}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
