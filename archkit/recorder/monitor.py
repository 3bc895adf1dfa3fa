"""Stands where the engine would: takes every registration down, and answers as the provider would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, cast

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

from archkit.graph import Position
from archkit.recorder import answers, options, sdk
from archkit.recorder.checks import unknown_keys
from archkit.recorder.errors import DuplicateError, RecordingError, UnknownPropertyError, UnknownTokenError
from archkit.recorder.positions import position
from archkit.recorder.sentinels import Issued, prefix
from archkit.recorder.shapes import REGION, Shapes
from archkit.recorder.transforms import NoTransforms
from archkit.recorder.values import is_wire_secret, plain_struct, revealed, secret, struct_of

STACK_TYPE = "pulumi:pulumi:Stack"
Outputs = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(kw_only=True)
class Entry:
    """One registration, before secrets are taken out."""

    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    reads: dict[str, tuple[str, ...]]
    options: dict[str, Any]
    position: Position | None
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])


class _NoMocks(mocks.Mocks):
    """Never asked: the monitor answers itself."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise NotImplementedError(args.typ)

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise NotImplementedError(args.token)


class Recorder(NoTransforms):
    """The monitor of one run.

    Args:
        project: Pulumi project.
        stack: Pulumi stack.
        root: Folder of the project; paths are kept relative to it.
        region: Where the program deploys.
        resources: Extra outputs by type token.
        functions: Answers by function token.
        preview: Leave computed outputs unknown, as in a preview.

    """

    def __init__(
        self,
        *,
        project: str,
        stack: str,
        root: Path,
        region: str | None,
        resources: Mapping[str, Outputs],
        functions: Mapping[str, answers.Answer],
        preview: bool,
    ) -> None:
        super().__init__(_NoMocks())
        self.project, self.stack, self.root, self.preview = project, stack, root, preview
        self.region = region or REGION
        self.extra, self.functions = resources, functions
        self.entries: dict[str, Entry] = {}
        self.exports: dict[str, Any] = {}
        self.issued = Issued()
        self.secrets: set[str] = set()
        self.problems: list[RecordingError] = []
        self._sdk = sdk.Sdk()
        self._lock = Lock()

    @property
    def stack_urn(self) -> str:
        """The URN of the stack itself."""
        return f"urn:pulumi:{self.stack}::{self.project}::{STACK_TYPE}::{self.project}-{self.stack}"

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the engine builds it: with the types of all parents, the stack's left out."""
        if type_ == STACK_TYPE:
            return self.stack_urn
        chain = parent.split("::")[2] if parent else ""
        qualified = f"{chain}${type_}" if chain and chain != STACK_TYPE else type_
        return f"urn:pulumi:{self.stack}::{self.project}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=self.stack_urn)
        self.refuse_transforms(request)
        class_ = self._class(request) if request.custom else None
        version = sdk.default_version(class_) if class_ else ""
        urn = self._enter(request, request.object, request.custom, options.of(request, default_version=version))
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        inputs = self.entries[urn].inputs
        if class_:
            self._check(request, inputs, class_)
        id_, state = self._state(request, urn, class_, request.object, list(request.additionalSecretOutputs))
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=state)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        class_ = self._class(request)
        urn = self._enter(request, request.properties, True, {"read": request.id})
        _, state = self._state(
            request, urn, class_, request.properties, list(request.additionalSecretOutputs), read=True
        )
        return resource_pb2.ReadResourceResponse(urn=urn, properties=state)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        outputs = plain_struct(request.outputs, self.root)
        if request.urn == self.stack_urn:
            self.exports = outputs
        else:
            self.entries[request.urn].outputs = outputs
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        if request.tok == "pulumi:pulumi:getResource":
            return super().Invoke(request)  # pyright: ignore[reportUnknownMemberType]
        arguments = revealed(plain_struct(request.args, self.root))
        region = arguments.get("region") or self.region
        call = answers.Call(token=request.tok, arguments=arguments, region=region)
        try:
            answered = struct_of(answers.answer(call, self.functions))
        except RecordingError as error:
            raise self.problem(error) from None
        self._hide(answered, [])
        return resource_pb2.ResourceInvokeResponse(**cast("dict[str, Any]", {"return": answered}))

    def _class(self, request: Any) -> type[pulumi.CustomResource] | None:
        """The SDK's class of a type; None for providers, and for types that the caller describes."""
        if request.type.startswith("pulumi:providers:") or (found := self._sdk.resource(request.type)) is None:
            if not request.type.startswith("pulumi:providers:") and request.type not in self.extra:
                message = (
                    f"{request.type} {request.name!r}: no loaded package has this resource type, so its outputs are "
                    f"unknown; import the package, or pass resources={{{request.type!r}: {{...}}}} with its outputs "
                    "in camelCase"
                )
                raise self.problem(UnknownTokenError(message))
            return None
        return found

    def _enter(self, request: Any, properties: Any, custom: bool, options_: dict[str, Any]) -> str:
        urn = self.make_urn(request.parent, request.type, request.name)
        dependencies = getattr(request, "propertyDependencies", {})
        entry = Entry(
            type=request.type,
            name=request.name,
            parent="" if request.parent == self.stack_urn else request.parent,
            custom=custom,
            inputs=plain_struct(properties, self.root),
            reads={key: tuple(sorted(uses.urns)) for key, uses in dependencies.items() if uses.urns},
            options=options_,
            position=position(request, self.root),
        )
        with self._lock:
            first = self.entries.setdefault(urn, entry)
        if first is not entry:
            places = " and ".join(f"{one.position.file}:{one.position.line}" for one in (first, entry) if one.position)
            message = (
                f"{urn}: registered twice{f', at {places}' if places else ''}; two resources of one type below one "
                "parent need different names"
            )
            raise self.problem(DuplicateError(message))
        return urn

    def _check(self, request: Any, inputs: Mapping[str, Any], class_: type) -> None:
        wrong = list(unknown_keys(inputs, sdk.input_types(class_)))
        if wrong:
            raise self.problem(UnknownPropertyError(*(f"{request.type} {request.name!r}: {one}" for one in wrong)))

    def _state(
        self,
        request: Any,
        urn: str,
        class_: type | None,
        properties: Any,
        secret_outputs: list[str],
        *,
        read: bool = False,
    ) -> tuple[str, Any]:
        """The id and the outputs, the given inputs among them; nothing but these in a preview."""
        inputs = revealed(self.entries[urn].inputs)
        state = struct_of({})
        state.CopyFrom(properties)
        if self.preview and not read:
            return "", state
        stated = self._stated(request.type, inputs)
        made = Shapes(prefix(request.type, request.name), region=inputs.get("region") or self.region, inputs=inputs)
        computed = made.missing(class_, {**inputs, **stated}, everything=read) if class_ else {}
        id_ = str(stated.pop("id", request.id if read else made.sentinel("id")))
        state.update({**sdk.written_out(inputs, class_), **computed, **stated})
        self._hide(state, secret_outputs)
        outputs = revealed(plain_struct(state, self.root))
        self.issued.add(made.prefix, urn, frozenset(made.paths), outputs)
        # What resource references are resolved with.
        self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, id_, outputs)
        return id_, state

    def _stated(self, type_: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        extra = self.extra.get(type_)
        if extra is None:
            return {}
        return dict(extra(inputs) if callable(extra) else extra)

    def _hide(self, state: Any, secret_outputs: list[str]) -> None:
        """Marks the outputs that the provider treats as secret, and remembers their stand-ins to hide copies."""
        for name in secret_outputs:
            if name in state.fields and not is_wire_secret(state.fields[name]):
                state.update({name: secret(revealed(plain_struct(state, self.root)[name]))})
        for name, value in state.fields.items():
            if name in secret_outputs or is_wire_secret(value):
                inner = value.struct_value.fields["value"].string_value
                if inner:
                    self.secrets.add(inner)

    def problem(self, error: RecordingError) -> RecordingError:
        """Keeps what the run has to end with: who registered may drop what was raised."""
        with self._lock:
            self.problems.append(error)
        return error
