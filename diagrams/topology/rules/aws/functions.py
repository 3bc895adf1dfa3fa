"""Lambda functions, and what calls them."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft
from topology.draft.facts import text, whole
from topology.draft.parts import DraftNode
from topology.kinds import EdgeKind, Kind, Tier
from topology.rules.rule import Role, Rule, folded


def shape_function(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Runtime and memory of a function."""
    runtime, memory = text(resource.inputs, "runtime"), whole(resource.inputs, "memorySize")
    if runtime or memory:
        node.details[" · ".join(part for part in (runtime, f"{memory} MB" if memory else "") if part)] = None


def flow_function(draft: Draft, resource: Resource) -> None:
    """A function's dead-letter queue."""
    for target in draft.homes(draft.facts.linked(resource, "deadLetterConfig")):
        draft.connect(draft.home[resource.urn], target, EdgeKind.EVENT, "failed events", resource)


def flow_event_source(draft: Draft, resource: Resource) -> None:
    """A queue, stream or table that a function reads."""
    facts = draft.facts
    size = whole(resource.inputs, "batchSize")
    for source in draft.homes(facts.linked(resource, "eventSourceArn")):
        for target in draft.homes(facts.linked(resource, "functionName")):
            draft.connect(source, target, EdgeKind.EVENT, f"batches of {size}" if size else "events", resource)


def flow_url(draft: Draft, resource: Resource) -> None:
    """A function that answers on an address of its own."""
    for target in draft.homes(draft.facts.linked(resource, "functionName")):
        if text(resource.inputs, "authorizationType") == "NONE":
            draft.connect(draft.users(), target, EdgeKind.TRAFFIC, "HTTPS 443", resource)


RULES: dict[str, Rule] = {
    "aws:lambda/function:Function": Rule(
        role=Role.PRIMARY,
        kind=Kind.FUNCTION,
        service="Lambda function",
        icon="aws/lambda",
        tier=Tier.PRIVATE,
        carries=("role", "vpcConfig", "layers", "kmsKeyArn", "loggingConfig", "imageUri", "codeSigningConfigArn"),
        subnets=("vpcConfig.subnetIds",),
        shape=shape_function,
        flow=flow_function,
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": Rule(
        role=Role.CONNECTOR, of=("functionName",), flow=flow_event_source
    ),
    "aws:lambda/functionUrl:FunctionUrl": Rule(role=Role.CONNECTOR, of=("functionName",), flow=flow_url),
    **dict.fromkeys(
        (
            "aws:lambda/permission:Permission",
            "aws:lambda/invocation:Invocation",
            "aws:lambda/alias:Alias",
            "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
            "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        ),
        folded("functionName", "function"),
    ),
    "aws:lambda/layerVersion:LayerVersion": folded(),
}
