"""The graph: what a program registered, and how it is written down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from archkit.errors import UserError
from archkit.graph.redaction import Redactor
from archkit.graph.version import VERSION

SENTINEL = "mock://"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One use of another resource's output, exactly where it stands.

    Args:
        path: Place inside the inputs: `ingress[0].securityGroups[0]`.
        urn: The resource whose output is used.
        output: Which of its outputs: `id`, `arn`, `masterUserSecrets[0].secretArn`.

    """

    path: str
    urn: str
    output: str


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One registered resource.

    Args:
        urn: As the engine builds it, with the full chain of parent types.
        type: Type token: `aws:ec2/vpc:Vpc`, `archkit:aws:Service`.
        name: Logical name.
        parent: URN of the parent; empty where that is the stack.
        custom: True for a provider's resource, False for a component.
        inputs: What the program passed, in the provider's camelCase; unknowns are `mock://type/name#output`.
        reads: For each top-level input, the URNs that it depends on.
        references: Which output feeds which nested value.
        options: Resource options that differ from their defaults: `protect`, `ignoreChanges`, `dependsOn`, ...
        outputs: What a component registered (`links`, `objectives`, ...); empty for a provider's resource.

    """

    urn: str
    type: str
    name: str
    parent: str = ""
    custom: bool = True
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    references: tuple[Reference, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a resource was written: a path relative to the project's root, and a line from 1."""

    file: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Everything that one run of a program registered.

    Args:
        project: Pulumi project.
        stack: Pulumi stack: `web-aws`.
        resources: Sorted by URN.
        outputs: The stack's exports.
        positions: By URN; not part of the hash.
        region: Where the stack deploys to on AWS (`aws:region` of its configuration); empty where it does not say.

    """

    project: str
    stack: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    positions: Mapping[str, Position] = field(default_factory=dict[str, Position])
    region: str = ""

    def named(self, name: str) -> Resource:
        """The one resource of that logical name; a LookupError names the near ones where it is not exactly one."""
        found = [resource for resource in self.resources if resource.name == name]
        if len(found) != 1:
            known = ", ".join(sorted({resource.name for resource in self.resources}))
            message = f"{len(found)} resources are named {name!r}; the graph has: {known}"
            raise LookupError(message)
        return found[0]

    def of_type(self, type_: str) -> tuple[Resource, ...]:
        """All resources of one type token, in order of their URNs."""
        return tuple(resource for resource in self.resources if resource.type == type_)

    def children(self, urn: str) -> tuple[Resource, ...]:
        """The resources whose parent is the given one."""
        return tuple(resource for resource in self.resources if resource.parent == urn)

    def at(self, urn: str) -> Resource:
        """The resource of that URN.

        Raises:
            LookupError: There is none.

        """
        for resource in self.resources:
            if resource.urn == urn:
                return resource
        message = f"no resource has the URN {urn}"
        raise LookupError(message)

    def place(self, urn: str) -> str:
        """Where a resource was written: `stacks/web.py:12`; "position unknown" where no line of the project made it."""
        at = self.positions.get(urn)
        return f"{at.file}:{at.line}" if at else "position unknown"

    def redact(self, texts: Iterable[str]) -> Graph:
        """The graph without any of the texts, also where they stand encoded: for what must not be published."""
        hide = Redactor(texts).hide
        resources = tuple(
            replace(one, inputs=hide(one.inputs), options=hide(one.options), outputs=hide(one.outputs))
            for one in self.resources
        )
        return replace(self, resources=resources, outputs=hide(self.outputs), region=hide(self.region))

    @classmethod
    def from_json(cls, text: str, *, source: str = "graph.json") -> Graph:
        """The graph of a `graph.json`.

        Args:
            text: The file's contents.
            source: The file's name, for messages.

        Raises:
            UserError: It was cut off, edited, or written by another version.

        """
        from archkit.graph.document import parse  # noqa: PLC0415 - pydantic takes long to import

        document = parse(text, source)
        graph = cls(
            project=document["project"],
            stack=document["stack"],
            resources=tuple(_read(one) for one in document["resources"]),
            outputs=document["outputs"],
            positions={urn: Position(file=at[0], line=at[1]) for urn, at in document["positions"].items()},
            region=document.get("region", ""),
        )
        if graph.hash != document["sha256"]:
            message = (
                f"{source}: sha256: must be {graph.hash[:12]}…, the hash of its contents, got "
                f"{document['sha256'][:12]}…; the file was edited by hand: change the design, then record it again "
                "with `archkit graph <design>-<target> --output <file>`"
            )
            raise UserError(message)
        return graph

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical part, without positions."""
        return hashlib.sha256(canonical(self.document()).encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        """The canonical part, as plain data."""
        return {
            "version": VERSION,
            "project": self.project,
            "stack": self.stack,
            "resources": [_resource(resource) for resource in sorted(self.resources, key=lambda one: one.urn)],
            "outputs": dict(self.outputs),
            # Left out where there is none, so that graphs that were written before it keep their hash.
            **({"region": self.region} if self.region else {}),
        }

    def to_json(self) -> str:
        """`graph.json`: the canonical part, its hash and the positions."""
        document = self.document()
        return canonical(
            {
                **document,
                "sha256": self.hash,
                "positions": {urn: [at.file, at.line] for urn, at in sorted(self.positions.items())},
            }
        )


def canonical(value: Any) -> str:
    """JSON with sorted keys and one fixed layout, so that equal values are equal bytes."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1, separators=(",", ": ")) + "\n"


def _read(document: Mapping[str, Any]) -> Resource:
    values: dict[str, Any] = {
        **document,
        "reads": {key: tuple(urns) for key, urns in document["reads"].items()},
        "references": tuple(Reference(**one) for one in document["references"]),
    }
    return Resource(**values)


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "parent": resource.parent,
        "custom": resource.custom,
        "inputs": resource.inputs,
        "reads": {key: sorted(urns) for key, urns in resource.reads.items()},
        "references": [
            {"path": one.path, "urn": one.urn, "output": one.output}
            for one in sorted(resource.references, key=lambda one: (one.path, one.urn, one.output))
        ],
        "options": resource.options,
        "outputs": resource.outputs,
    }
