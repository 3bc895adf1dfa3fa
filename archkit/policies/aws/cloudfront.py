"""Amazon CloudFront, and the AWS WAF in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archkit.graph import Graph, Resource
from archkit.policies.model import Problem, policy
from archkit.policies.read import number, obj, objects, sources, texts

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
ACL = "aws:wafv2/webAcl:WebAcl"
CERTIFICATE = "aws:acm/certificate:Certificate"
REGION = "us-east-1"
WINDOWS = (60, 120, 300, 600)
_READ_ONLY = {"GET", "HEAD", "OPTIONS"}
_GUIDE = "Amazon CloudFront Developer Guide"


def _behaviors(distribution: Resource) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "defaultCacheBehavior", obj(distribution.inputs.get("defaultCacheBehavior"))
    for index, one in enumerate(objects(distribution.inputs.get("orderedCacheBehaviors"))):
        yield f"orderedCacheBehaviors[{index}]", one


@policy(
    "aws-cloudfront-origin-group",
    title="Origin groups have two members and serve GET, HEAD and OPTIONS only",
    source=f"{_GUIDE}, Optimize high availability with CloudFront origin failover",
)
def origin_group(graph: Graph) -> Iterator[Problem]:
    for distribution in graph.of_type(DISTRIBUTION):
        groups = objects(distribution.inputs.get("originGroups"))
        for group in groups:
            count = len(objects(group.get("members")))
            if count != 2:
                yield Problem(
                    resource=distribution,
                    reason=f"originGroups {group.get('originId')}: must have exactly 2 members, got {count}",
                    remedy="name a primary and a secondary origin",
                )
        ids = {group.get("originId") for group in groups}
        for place, behavior in _behaviors(distribution):
            wrong = sorted(set(texts(behavior.get("allowedMethods"))) - _READ_ONLY)
            if behavior.get("targetOriginId") in ids and wrong:
                yield Problem(
                    resource=distribution,
                    reason=f"{place}.allowedMethods: an origin group only reads, got {', '.join(wrong)}",
                    remedy="send writes to a single origin by a behaviour of their own",
                )


@policy(
    "aws-cloudfront-region",
    title="The certificate and the WAF of a distribution are in us-east-1",
    source=f"{_GUIDE}, Requirements for using SSL/TLS certificates; AWS WAF Developer Guide",
)
def region(graph: Graph) -> Iterator[Problem]:
    acls = {one.urn: one for one in graph.of_type(ACL) if one.inputs.get("scope") == "CLOUDFRONT"}
    certificates: dict[str, Resource] = {}
    for distribution in graph.of_type(DISTRIBUTION):
        for acl in sources(graph, distribution, "webAclId", ACL):
            acls[acl.urn] = acl
            if acl.inputs.get("scope") != "CLOUDFRONT":
                yield Problem(
                    resource=acl,
                    reason=f"scope: must be CLOUDFRONT, {distribution.name} uses it, got {acl.inputs.get('scope')}",
                    remedy='set scope="CLOUDFRONT" and region="us-east-1"',
                )
        for one in _certificates(graph, distribution):
            certificates[one.urn] = one
    for one in (*acls.values(), *certificates.values()):
        if one.inputs.get("region") != REGION and not _provider_region(graph, one):
            yield Problem(
                resource=one,
                reason=f"region: must be {REGION} for CloudFront, "
                f"got {one.inputs.get('region') or 'that of the stack'}",
                remedy=f'set region="{REGION}" on the resource',
            )


def _certificates(graph: Graph, distribution: Resource) -> Iterator[Resource]:
    place = "viewerCertificate.acmCertificateArn"
    yield from sources(graph, distribution, place, CERTIFICATE)
    for validation in sources(graph, distribution, place, "aws:acm/certificateValidation:CertificateValidation"):
        yield from sources(graph, validation, "certificateArn", CERTIFICATE)


def _provider_region(graph: Graph, one: Resource) -> bool:
    providers = {provider.urn: provider for provider in graph.of_type("pulumi:providers:aws")}
    provider = providers.get(str(one.options.get("provider")))
    return provider is not None and provider.inputs.get("region") == REGION


@policy(
    "aws-waf-rate-window",
    title="Rate rules use a window that AWS WAF has",
    source="AWS WAF Developer Guide, Rate-based rule statement",
)
def rate_window(graph: Graph) -> Iterator[Problem]:
    for acl in graph.of_type(ACL):
        for index, rule in enumerate(objects(acl.inputs.get("rules"))):
            rate = obj(obj(rule.get("statement")).get("rateBasedStatement"))
            window = number(rate.get("evaluationWindowSec"))
            if window is not None and window not in WINDOWS:
                yield Problem(
                    resource=acl,
                    reason=f"rules[{index}]: evaluationWindowSec: must be one of {', '.join(map(str, WINDOWS))}, "
                    f"got {window:g}",
                    remedy="scale the limit to one of these windows",
                )


@policy(
    "aws-cloudfront-behavior-origin",
    title="Every cache behaviour has an origin, and no two have one path",
    source=f"{_GUIDE}, Cache behavior settings",
)
def behavior_origin(graph: Graph) -> Iterator[Problem]:
    for distribution in graph.of_type(DISTRIBUTION):
        lists = (objects(distribution.inputs.get(key)) for key in ("origins", "originGroups"))
        known = {str(one.get("originId")) for found in lists for one in found}
        paths: set[object] = set()
        for place, behavior in _behaviors(distribution):
            wanted, path = behavior.get("targetOriginId"), behavior.get("pathPattern")
            if wanted not in known:
                yield Problem(
                    resource=distribution,
                    reason=f"{place}.targetOriginId: must be an origin or an origin group of it, got {wanted!r}",
                    remedy=f"name one of {', '.join(sorted(known))}",
                )
            if path is not None and path in paths:
                yield Problem(
                    resource=distribution,
                    reason=f"{place}.pathPattern: must be another than the behaviours before have, got {path!r}",
                    remedy="leave one of them out; only the first would ever decide",
                )
            paths.add(path)


@policy(
    "aws-cloudfront-alarm-region",
    title="Alarms on CloudFront's figures are in us-east-1",
    source=f"{_GUIDE}, Monitor CloudFront metrics with Amazon CloudWatch",
)
def alarm_region(graph: Graph) -> Iterator[Problem]:
    for alarm in graph.of_type("aws:cloudwatch/metricAlarm:MetricAlarm"):
        elsewhere = alarm.inputs.get("region") != REGION and not _provider_region(graph, alarm)
        if alarm.inputs.get("namespace") == "AWS/CloudFront" and elsewhere:
            yield Problem(
                resource=alarm,
                reason=f"region: must be {REGION}, where CloudFront's figures are, "
                f"got {alarm.inputs.get('region') or 'that of the stack'}; it would never ring",
                remedy=f'set region="{REGION}", and name a topic of that region',
            )
