"""CloudFront, Route 53 and Global Accelerator: how clients find the way in."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft, describe
from topology.draft.facts import items, text, texts
from topology.draft.ids import slug
from topology.draft.parts import DraftNode
from topology.kinds import EdgeKind, How, Kind, Tier
from topology.rules.rule import Role, Rule, folded

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin"
RECORD = "aws:route53/record:Record"
_POLICIES = (
    "failoverRoutingPolicies",
    "weightedRoutingPolicies",
    "latencyRoutingPolicies",
    "geolocationRoutingPolicies",
    "geoproximityRoutingPolicy",
    "cidrRoutingPolicy",
)


def shape_distribution(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """The names that a distribution answers to."""
    for alias in texts(resource.inputs, "aliases")[:2]:
        node.details[alias] = None


def flow_distribution(draft: Draft, resource: Resource) -> None:
    """A CDN to each of its origins, clients to the CDN, and its log."""
    facts = draft.facts
    node = draft.home[resource.urn]
    why = f"{describe(resource)} is public"
    draft.connect(draft.users(), node, EdgeKind.TRAFFIC, "HTTPS 443", resource, why=why)
    for index, origin in enumerate(items(resource.inputs, "origins")):
        at = f"origins[{index}]"
        found = facts.linked(resource, f"{at}.domainName", f"{at}.vpcOriginConfig")
        protocol = text(origin, "customOriginConfig", "originProtocolPolicy")
        ends = next((one.inputs.get("vpcOriginEndpointConfig") for one in found if one.type == VPC_ORIGIN), None)
        protocol = protocol or text(ends, "originProtocolPolicy")
        label = "OAC" if origin.get("originAccessControlId") else "HTTP" if protocol == "http-only" else "HTTPS"
        why = f"origin {text(origin, 'originId') or index} of {describe(resource)}"
        behind = [inner for one in found for inner in facts.linked(one, "vpcOriginEndpointConfig")]
        goals = draft.homes(behind or found)
        if not goals and (name := text(origin, "domainName")):
            goals = (draft.external(name, service="origin"),)
        for goal in goals:
            draft.connect(node, goal, EdgeKind.TRAFFIC, label, resource, why=why)
            for one in found:
                draft.connect(node, goal, EdgeKind.TRAFFIC, label, one, why=f"{describe(one)}: origin")
        for control in facts.linked(resource, f"{at}.originAccessControlId"):
            for goal in goals:
                draft.account(control, How.EDGE, f"{EdgeKind.TRAFFIC}--{node}--{goal}")
    for bucket in draft.homes(facts.linked(resource, "loggingConfig")):
        draft.connect(node, bucket, EdgeKind.TELEMETRY, "access log", resource)


def shape_zone(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """The zone's own name as its label."""
    node.label = text(resource.inputs, "name") or resource.name


def flow_record(draft: Draft, resource: Resource) -> None:
    """A record: from its zone to what it names; clients ask the zone first."""
    facts = draft.facts
    owner = [one for one in facts.linked(resource, "name", "records") if one.type.startswith("aws:acm/")]
    if owner:
        draft.account(resource, How.FOLDED, draft.owner(owner[0]), "certificate validation")
        return
    goals = draft.homes(facts.linked(resource, "aliases", "records"))
    source = _zone(draft, resource)
    name = text(resource.inputs, "name") or resource.name
    routing = [
        f"{text(resource.inputs, policy, 'type') or ''}".lower() for policy in _POLICIES if resource.inputs.get(policy)
    ]
    label = " ".join(part for part in (name, *(f"({one})" for one in routing if one)) if part)
    for goal in goals:
        draft.connect(source, goal, EdgeKind.DNS, label, resource, why=f"{describe(resource)}: {label}")
        draft.connect(
            draft.users(), source, EdgeKind.DNS, "", resource, why=f"{describe(resource)}: clients resolve {name}"
        )
        for check in facts.linked(resource, "healthCheckId"):
            draft.account(check, How.FOLDED, source, "health check")
    if not goals:
        draft.account(resource, How.FOLDED, source)


def _zone(draft: Draft, resource: Resource) -> str:
    for zone in draft.facts.linked(resource, "zoneId"):
        if zone.urn in draft.home:
            return draft.home[zone.urn]
    named = text(resource.inputs, "zoneId")
    label = text(resource.inputs, "name") or "hosted zone"
    id_ = f"external-zone-{slug(named)}" if named else "external-zone"
    if id_ not in draft.nodes:
        draft.add_node(
            DraftNode(
                id=id_,
                kind=Kind.DNS,
                label=label,
                service="Route 53",
                icon="aws/route53",
                tier=Tier.EDGE,
                container="aws",
            )
        )
    return id_


def flow_attachment(draft: Draft, resource: Resource) -> None:
    """An accelerator's endpoints."""
    facts = draft.facts
    for listener in facts.linked(resource, "listenerArn"):
        for source in draft.homes(facts.linked(listener, "acceleratorArn")):
            draft.connect(draft.users(), source, EdgeKind.TRAFFIC, "", listener)
            for goal in draft.homes(facts.linked(resource, "endpointConfigurations")):
                draft.connect(source, goal, EdgeKind.TRAFFIC, "", resource)


RULES: dict[str, Rule] = {
    DISTRIBUTION: Rule(
        role=Role.PRIMARY,
        kind=Kind.CDN,
        service="CloudFront",
        icon="aws/cloudfront",
        tier=Tier.EDGE,
        world=True,
        carries=(
            "webAclId",
            "viewerCertificate",
            "defaultCacheBehavior",
            "orderedCacheBehaviors",
            "origins",
        ),
        shape=shape_distribution,
        flow=flow_distribution,
    ),
    **dict.fromkeys(
        (
            "aws:cloudfront/cachePolicy:CachePolicy",
            "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
            "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
            "aws:cloudfront/function:Function",
            "aws:cloudfront/keyGroup:KeyGroup",
            "aws:cloudfront/originAccessControl:OriginAccessControl",
            "aws:cloudfront/originAccessIdentity:OriginAccessIdentity",
            "aws:cloudfront/realtimeLogConfig:RealtimeLogConfig",
            "aws:cloudfront/keyValueStore:KeyValueStore",
        ),
        folded(),
    ),
    "aws:cloudfront/keyGroup:KeyGroup": folded(carries=("items",)),
    "aws:cloudfront/publicKey:PublicKey": folded(),
    VPC_ORIGIN: Rule(role=Role.CONNECTOR),
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": folded("distributionId"),
    "aws:route53/zone:Zone": Rule(
        role=Role.PRIMARY,
        kind=Kind.DNS,
        service="Route 53",
        icon="aws/route53",
        tier=Tier.EDGE,
        world=True,
        shape=shape_zone,
    ),
    RECORD: Rule(role=Role.CONNECTOR, of=("zoneId",), flow=flow_record),
    "aws:route53/healthCheck:HealthCheck": folded("fqdn", "ipAddress"),
    "aws:route53/queryLog:QueryLog": folded("zoneId"),
    "aws:route53/zoneAssociation:ZoneAssociation": folded("zoneId"),
    "aws:globalaccelerator/accelerator:Accelerator": Rule(
        role=Role.PRIMARY,
        kind=Kind.CDN,
        service="Global Accelerator",
        icon="aws/global-accelerator",
        tier=Tier.EDGE,
        world=True,
    ),
    "aws:globalaccelerator/listener:Listener": folded("acceleratorArn"),
    "aws:globalaccelerator/endpointGroup:EndpointGroup": Rule(
        role=Role.CONNECTOR, of=("listenerArn",), flow=flow_attachment
    ),
}
