"""API Gateway, queues, topics, events and workflows."""

from __future__ import annotations

import json
from typing import Any

from archkit.graph import Resource
from topology.draft.draft import Draft, describe
from topology.draft.facts import get, text, whole
from topology.draft.parts import DraftNode
from topology.kinds import EdgeKind, How, Kind, Tier
from topology.rules.rule import Role, Rule, folded

_API = ("apiId", "restApi")


def flow_api(draft: Draft, resource: Resource) -> None:
    """Clients to a public API."""
    label = "WSS 443" if text(resource.inputs, "protocolType") == "WEBSOCKET" else "HTTPS 443"
    types = get(resource.inputs, "endpointConfiguration", "types")
    if types != "PRIVATE":
        draft.connect(draft.users(), draft.home[resource.urn], EdgeKind.TRAFFIC, label, resource)


def flow_integration(draft: Draft, resource: Resource) -> None:
    """An API to what answers for it: a function, a queue, a load balancer or an address."""
    facts = draft.facts
    goals = draft.homes(facts.linked(resource, "integrationUri", "uri", "requestParameters"))
    for source in draft.homes(facts.linked(resource, *_API)):
        if not goals and (
            address := text(resource.inputs, "integrationUri") or text(resource.inputs, "uri")
        ).startswith("http"):
            goals = (draft.external(address.split("/")[2], service="HTTP endpoint"),)
        for goal in goals:
            draft.connect(source, goal, EdgeKind.TRAFFIC, "", resource)
    draft.account(resource, How.FOLDED, draft.owner(resource))


def flow_route(draft: Draft, resource: Resource) -> None:
    """Gives the arrow of a route's integration the route's name."""
    facts = draft.facts
    route = text(resource.inputs, "routeKey")
    for integration in facts.linked(resource, "target"):
        goals = draft.homes(facts.linked(integration, "integrationUri"))
        for source in draft.homes(facts.linked(resource, "apiId")):
            for goal in goals:
                draft.connect(source, goal, EdgeKind.TRAFFIC, route, resource, why=f"{describe(resource)}: {route}")
    draft.account(resource, How.FOLDED, draft.owner(resource))


def shape_queue(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Order and visibility of a queue."""
    if resource.inputs.get("fifoQueue") is True:
        node.details["FIFO"] = None
    if seconds := whole(resource.inputs, "visibilityTimeoutSeconds"):
        node.details[f"visibility {seconds} s"] = None


def flow_queue(draft: Draft, resource: Resource) -> None:
    """Where messages go that nobody could handle."""
    facts = draft.facts
    source = draft.home.get(resource.urn) or next(iter(draft.homes(facts.linked(resource, "queueUrl"))), "")
    attempts = whole(_json(resource.inputs.get("redrivePolicy")), "maxReceiveCount")
    label = f"dead letters after {attempts}" if attempts else "dead letters"
    for target in draft.homes(facts.linked(resource, "redrivePolicy")):
        draft.connect(source, target, EdgeKind.EVENT, label, resource)
    draft.account(resource, How.FOLDED, source)


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def flow_subscription(draft: Draft, resource: Resource) -> None:
    """A topic to its subscriber; one outside of the program is named by its protocol, never by its address."""
    facts = draft.facts
    goals = draft.homes(facts.linked(resource, "endpoint"))
    protocol = text(resource.inputs, "protocol")
    for source in draft.homes(facts.linked(resource, "topic")):
        for goal in goals:
            draft.connect(source, goal, EdgeKind.EVENT, protocol, resource)
        if not goals:
            node = draft.nodes[source]
            node.details[f"{protocol or 'outside'} subscriber"] = None
    draft.account(resource, How.FOLDED, draft.owner(resource))


def flow_target(draft: Draft, resource: Resource) -> None:
    """An event rule or schedule to its target; a rule without a bus of the program is drawn as the default bus."""
    facts = draft.facts
    rule = next(iter(facts.linked(resource, "rule")), None)
    sources = draft.homes((rule,)) if rule is not None else ()
    label = text(rule.inputs, "scheduleExpression") if rule is not None else ""
    for goal in draft.homes(facts.linked(resource, "arn")):
        for source in sources:
            draft.connect(source, goal, EdgeKind.EVENT, label, resource)
    draft.account(resource, How.FOLDED, next(iter(sources), ""))


def shape_rule(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """The schedule of a rule."""
    if schedule := text(resource.inputs, "scheduleExpression"):
        node.details[schedule] = None


def flow_scheduler(draft: Draft, resource: Resource) -> None:
    """A schedule to what it starts."""
    for goal in draft.homes(draft.facts.linked(resource, "target")):
        draft.connect(
            draft.home[resource.urn], goal, EdgeKind.EVENT, text(resource.inputs, "scheduleExpression"), resource
        )


def flow_pipe(draft: Draft, resource: Resource) -> None:
    """A pipe from its source to its target."""
    for source in draft.homes(draft.facts.linked(resource, "source")):
        for goal in draft.homes(draft.facts.linked(resource, "target")):
            draft.connect(source, goal, EdgeKind.EVENT, "pipe", resource)


def flow_machine(draft: Draft, resource: Resource) -> None:
    """A workflow to the things that its definition names."""
    for goal in draft.homes(draft.facts.linked(resource, "definition")):
        draft.connect(draft.home[resource.urn], goal, EdgeKind.EVENT, "step", resource)


def _primary(kind: Kind, service: str, icon: str, tier: Tier = Tier.PRIVATE, **more: Any) -> Rule:
    return Rule(role=Role.PRIMARY, kind=kind, service=service, icon=icon, tier=tier, **more)


_API_PARTS = (
    "apigatewayv2/stage:Stage",
    "apigatewayv2/deployment:Deployment",
    "apigatewayv2/authorizer:Authorizer",
    "apigatewayv2/apiMapping:ApiMapping",
    "apigatewayv2/model:Model",
    "apigateway/resource:Resource",
    "apigateway/method:Method",
    "apigateway/methodResponse:MethodResponse",
    "apigateway/methodSettings:MethodSettings",
    "apigateway/integrationResponse:IntegrationResponse",
    "apigateway/deployment:Deployment",
    "apigateway/stage:Stage",
    "apigateway/authorizer:Authorizer",
    "apigateway/basePathMapping:BasePathMapping",
    "apigateway/usagePlan:UsagePlan",
)
RULES: dict[str, Rule] = {
    "aws:apigatewayv2/api:Api": _primary(
        Kind.API_GATEWAY, "API Gateway", "aws/api-gateway", Tier.PUBLIC, flow=flow_api
    ),
    "aws:apigateway/restApi:RestApi": _primary(
        Kind.API_GATEWAY, "API Gateway", "aws/api-gateway", Tier.PUBLIC, flow=flow_api
    ),
    **dict.fromkeys(
        ("aws:apigatewayv2/integration:Integration", "aws:apigateway/integration:Integration"),
        Rule(role=Role.CONNECTOR, of=_API, flow=flow_integration),
    ),
    "aws:apigatewayv2/route:Route": Rule(role=Role.CONNECTOR, of=_API, flow=flow_route),
    **{f"aws:{part}": folded(*_API, carries=("webAclArn", "accessLogSettings")) for part in _API_PARTS},
    "aws:apigatewayv2/domainName:DomainName": folded(carries=("domainNameConfiguration",)),
    "aws:apigateway/domainName:DomainName": folded(),
    "aws:apigateway/account:Account": folded(carries=("cloudwatchRoleArn",)),
    "aws:apigateway/apiKey:ApiKey": folded(),
    "aws:apigateway/usagePlanKey:UsagePlanKey": folded("usagePlanId"),
    "aws:apigatewayv2/vpcLink:VpcLink": folded(),
    "aws:sqs/queue:Queue": _primary(
        Kind.QUEUE, "SQS queue", "aws/sqs", shape=shape_queue, flow=flow_queue, carries=("kmsMasterKeyId",)
    ),
    "aws:sqs/redrivePolicy:RedrivePolicy": Rule(role=Role.CONNECTOR, of=("queueUrl",), flow=flow_queue),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": folded("queueUrl"),
    "aws:sqs/queuePolicy:QueuePolicy": folded("queueUrl"),
    "aws:sns/topic:Topic": _primary(Kind.TOPIC, "SNS topic", "aws/sns", Tier.MANAGEMENT, carries=("kmsMasterKeyId",)),
    "aws:sns/topicPolicy:TopicPolicy": folded("arn"),
    "aws:sns/topicSubscription:TopicSubscription": Rule(role=Role.CONNECTOR, of=("topic",), flow=flow_subscription),
    "aws:cloudwatch/eventBus:EventBus": _primary(Kind.EVENT_BUS, "EventBridge bus", "aws/eventbridge"),
    "aws:cloudwatch/eventRule:EventRule": _primary(
        Kind.EVENT_BUS, "EventBridge rule", "aws/eventbridge", Tier.MANAGEMENT, shape=shape_rule
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Rule(
        role=Role.CONNECTOR, of=("rule",), carries=("roleArn",), flow=flow_target
    ),
    "aws:scheduler/schedule:Schedule": _primary(
        Kind.EVENT_BUS, "EventBridge schedule", "aws/eventbridge", Tier.MANAGEMENT, flow=flow_scheduler
    ),
    "aws:pipes/pipe:Pipe": Rule(role=Role.CONNECTOR, of=("source",), carries=("roleArn",), flow=flow_pipe),
    "aws:sfn/stateMachine:StateMachine": _primary(
        Kind.JOB, "Step Functions", "aws/step-functions", carries=("roleArn",), flow=flow_machine
    ),
    "aws:kinesis/stream:Stream": _primary(Kind.STREAM, "Kinesis stream", "aws/kinesis"),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": _primary(
        Kind.STREAM, "Data Firehose", "aws/firehose", Tier.MANAGEMENT
    ),
    "aws:msk/cluster:Cluster": _primary(
        Kind.STREAM,
        "Managed Kafka",
        "aws/msk",
        Tier.DATA,
        carries=("brokerNodeGroupInfo",),
        subnets=("brokerNodeGroupInfo.clientSubnets",),
    ),
    "aws:mq/broker:Broker": _primary(
        Kind.QUEUE, "Amazon MQ", "aws/mq", Tier.DATA, carries=("securityGroups",), subnets=("subnetIds",)
    ),
    "aws:cognito/userPool:UserPool": _primary(Kind.IDENTITY, "Cognito user pool", "aws/cognito", Tier.PUBLIC),
    "aws:cognito/userPoolClient:UserPoolClient": folded("userPoolId"),
    "aws:cognito/userPoolDomain:UserPoolDomain": folded("userPoolId"),
}
