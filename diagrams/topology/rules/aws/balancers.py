"""Load balancers, their listeners and the targets behind them."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft, describe
from topology.draft.facts import text
from topology.draft.parts import DraftNode
from topology.kinds import EdgeKind, How, Kind, Tier
from topology.rules.rule import Role, Rule, folded

GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")


def shape_balancer(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Kind of a load balancer and whether it faces the internet."""
    type_ = text(resource.inputs, "loadBalancerType") or "application"
    names = {"network": "Network Load Balancer", "gateway": "Gateway Load Balancer"}
    node.service = names.get(type_, "Application Load Balancer")
    node.icon = f"aws/elb/{type_}"
    node.details["internal" if resource.inputs.get("internal") is True else "internet-facing"] = None


def flow_balancer(draft: Draft, resource: Resource) -> None:
    """Where a load balancer writes its access log."""
    node = draft.home[resource.urn]
    for bucket in draft.homes(draft.facts.linked(resource, "accessLogs")):
        draft.connect(node, bucket, EdgeKind.TELEMETRY, "access log", resource)


def flow_listener(draft: Draft, resource: Resource) -> None:
    """Clients to the load balancer, and the load balancer to every target of the groups that it forwards to."""
    facts = draft.facts
    listener = resource
    if resource.type.rpartition(":")[2] == "ListenerRule":
        listener = next(iter(facts.linked(resource, "listenerArn")), resource)
    for balancer in facts.linked(listener, "loadBalancerArn"):
        node = draft.home.get(balancer.urn, "")
        if listener is resource and balancer.inputs.get("internal") is not True:
            protocol, port = text(resource.inputs, "protocol"), text(resource.inputs, "port")
            label = " ".join(part for part in (protocol or "HTTP", port) if part)
            why = f"{describe(resource)} of the internet-facing load balancer {balancer.name}: {label}"
            draft.connect(draft.users(), node, EdgeKind.TRAFFIC, label, resource, why=why)
        for group in facts.linked(resource, "defaultActions", "actions"):
            if group.type in GROUPS:
                forward(draft, node, group, resource)
    draft.account(resource, How.FOLDED, draft.owner(resource))


def forward(draft: Draft, source: str, group: Resource, because: Resource) -> None:
    """An arrow from a source to each target of a target group."""
    port = text(group.inputs, "port")
    why = f"{describe(because)} forwards to {group.name}" + (f" on port {port}" if port else "")
    for target in draft.targets.get(group.urn, ()):
        edge = draft.connect(source, target, EdgeKind.TRAFFIC, port, because, why=why)
        if edge:
            draft.connect(
                source, target, EdgeKind.TRAFFIC, port, group, why=f"{describe(group)}: port {port or 'of the target'}"
            )


def targets(draft: Draft) -> dict[str, list[str]]:
    """Nodes behind each target group."""
    facts = draft.facts
    found: dict[str, list[str]] = {}
    for resource in facts.graph.resources:
        rule = draft.rule(resource)
        if rule is None:
            continue
        groups = [
            one
            for one in facts.linked(
                resource,
                "targetGroupArns",
                "targetGroupArn",
                "lbTargetGroupArn",
                "trafficSources",
                "trafficSource",
                "loadBalancers",
            )
            if one.type in GROUPS
        ]
        if not groups or resource.type.endswith(("Listener", "ListenerRule")):
            continue
        homes = draft.bearers(resource.urn)
        named = facts.linked(resource, "targetId", "autoscalingGroupName")
        if named:
            homes = draft.homes(named)
        for group in groups:
            found.setdefault(group.urn, []).extend(homes)
    return {group: list(dict.fromkeys(nodes)) for group, nodes in found.items()}


_LISTENER = Rule(
    role=Role.CONNECTOR, of=("loadBalancerArn", "listenerArn"), carries=("certificateArn",), flow=flow_listener
)
_BALANCER = Rule(
    role=Role.PRIMARY,
    kind=Kind.LOAD_BALANCER,
    tier=Tier.PUBLIC,
    service="Load Balancer",
    icon="aws/elb/application",
    carries=("securityGroups",),
    subnets=("subnets", "subnetMappings"),
    shape=shape_balancer,
    flow=flow_balancer,
)
RULES: dict[str, Rule] = {
    **dict.fromkeys(("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"), _BALANCER),
    **dict.fromkeys(
        (
            "aws:lb/listener:Listener",
            "aws:alb/listener:Listener",
            "aws:lb/listenerRule:ListenerRule",
            "aws:alb/listenerRule:ListenerRule",
        ),
        _LISTENER,
    ),
    "aws:lb/listenerCertificate:ListenerCertificate": folded("listenerArn", carries=("certificateArn",)),
    **dict.fromkeys(GROUPS, Rule(role=Role.CONNECTOR)),
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": folded("targetId", "targetGroupArn"),
    "aws:lb/trustStore:TrustStore": folded(),
}
