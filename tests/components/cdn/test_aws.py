"""The CDN on CloudFront: who gets in, what is kept, where its parts are."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archkit.graph import Graph, Resource
from archkit.policies import check
from archkit.recorder import record
from components.cdn import (
    Behaviour,
    CacheKey,
    CdnArgs,
    Domain,
    ErrorPage,
    Methods,
    OriginGroup,
    RateLimit,
    SigningKey,
    Ttl,
)
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.load_balancer import LoadBalancerArgs, Route
from components.network import NetworkArgs
from components.profile import Profile
from components.service import ServiceArgs
from components.settings import AwsSettings
from components.storage import StorageArgs, files
from components.targets.aws import AwsTarget

SETTINGS = AwsSettings(images={"web": "ghcr.io/team/web@sha256:" + "a" * 64})
DOMAIN = Domain(name="www.example.org", zone="example.org")
KEY = SigningKey(name="one", public_key_pem="-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n")
PAGE = Behaviour(
    origin="web", ttl=Ttl(default_seconds=10), cache_key=CacheKey(query=("page",), headers=("Accept-Language",))
)
STATIC = Behaviour(path="/static/*", origin="files", ttl=Ttl(maximum_seconds=31_536_000))
ACCOUNT = Behaviour(path="/account/*", origin="web", methods=Methods.ALL, private=True)
ARGS = CdnArgs(behaviours=(PAGE, STATIC, ACCOUNT))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "web" / "static").mkdir(parents=True)
    (tmp_path / "web" / "static" / "app.3f9a1c2b.css").write_text("body {}")
    monkeypatch.setattr(files, "APPS", tmp_path)


def deployed(args: CdnArgs = ARGS, settings: AwsSettings = SETTINGS, *, public: bool = False, **more: Any) -> Graph:
    def program() -> None:
        target = AwsTarget(settings)
        network = target.network("network", NetworkArgs())
        image = target.image("image", ImageArgs(app="web"))
        service = target.service("web", ServiceArgs(), network=network, image=image)
        balancer = target.load_balancer(
            "balancer", LoadBalancerArgs(public=public), network=network, routes=[Route(service=service)]
        )
        storage = target.storage("files", StorageArgs(folder="web/static"), network=network)
        origins = {"web": balancer, "files": storage}
        used = {one.origin for one in args.behaviours}
        used |= {member for group in args.origin_groups for member in (group.primary, group.secondary)}
        target.cdn("edge", args, network=network, origins={key: origins[key] for key in origins if key in used}, **more)

    return record(program, stack="web-aws")


def uses(graph: Graph, resource: Resource, path: str) -> list[tuple[str, str]]:
    names = {one.urn: one.name for one in graph.resources}
    return [(names[one.urn], one.output) for one in resource.references if one.path.startswith(path)]


def test_what_cloudfront_takes_from_us_east_1_only_is_there() -> None:
    graph = deployed(replace(ARGS, domain=DOMAIN))

    parts = ("certificate", "validation", "firewall", "firewall-log", "firewall-logging", "alarms", "server-errors")
    parts += ("client-errors", "origin-latency", "log-source", "log-destination", "log-delivery")
    regions = {part: graph.named(f"edge-{part}").inputs.get("region") for part in parts}
    assert set(regions.values()) == {"us-east-1"}, regions
    assert graph.named("edge-firewall").inputs["scope"] == "CLOUDFRONT"


def test_the_kits_own_policies_find_nothing() -> None:
    found = [one for one in check(deployed(replace(ARGS, domain=DOMAIN))) if "edge" in one.resource]

    assert found == []


def test_what_is_kept_shows_the_origin_its_key_only_and_what_is_not_everything() -> None:
    inputs = deployed().named("edge-distribution").inputs

    page = inputs["defaultCacheBehavior"]
    account, static = inputs["orderedCacheBehaviors"]
    assert "originRequestPolicyId" not in page, "what is not in the key must not decide the answer"
    assert page["allowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert account["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert account["originRequestPolicyId"] == "216adef6-5c7f-47e4-b989-5492eafa07d3"
    assert "POST" in account["allowedMethods"]
    assert (account["pathPattern"], static["pathPattern"]) == ("/account/*", "/static/*")
    assert {one["viewerProtocolPolicy"] for one in (page, account, static)} == {"redirect-to-https"}


def test_the_cache_key_holds_what_was_named() -> None:
    policy = deployed().named("edge-default-cache").inputs

    key = policy["parametersInCacheKeyAndForwardedToOrigin"]
    assert (policy["minTtl"], policy["defaultTtl"], policy["maxTtl"]) == (0, 10, 86_400)
    assert key["queryStringsConfig"] == {"queryStringBehavior": "whitelist", "queryStrings": {"items": ["page"]}}
    assert key["headersConfig"] == {"headerBehavior": "whitelist", "headers": {"items": ["Accept-Language"]}}
    assert key["cookiesConfig"] == {"cookieBehavior": "none"}


def test_every_answer_bears_security_headers_and_a_private_one_is_kept_by_nobody() -> None:
    graph = deployed()

    for name in ("edge-headers", "edge-private-headers"):
        headers = graph.named(name).inputs["securityHeadersConfig"]
        assert all(one["override"] for one in headers.values()), "an origin must not take them away"
        assert headers["frameOptions"]["frameOption"] == "DENY"
    (item,) = graph.named("edge-private-headers").inputs["customHeadersConfig"]["items"]
    assert item == {"header": "Cache-Control", "value": "private, no-store", "override": True}
    assert "customHeadersConfig" not in graph.named("edge-headers").inputs


def test_only_this_distribution_reads_the_bucket_and_over_tls_only() -> None:
    graph = deployed()

    policy = graph.named("edge-files-policy")
    tls, read, missing = json.loads(policy.inputs["policy"])["Statement"]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    distribution = "mock://aws:cloudfront/distribution:Distribution/edge-distribution#arn"
    for one in (read, missing):
        assert one["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert one["Condition"] == {"StringEquals": {"AWS:SourceArn": distribution}}
    assert (read["Action"], missing["Action"]) == ("s3:GetObject", "s3:ListBucket")
    assert ("files-files", "id") in uses(graph, policy, "bucket")
    assert (
        len([one for one in graph.of_type("aws:s3/bucketPolicy:BucketPolicy") if one.name.startswith("files-f")]) == 0
    )
    control = graph.named("edge-access").inputs
    assert (control["signingBehavior"], control["signingProtocol"]) == ("always", "sigv4")


def test_an_internal_load_balancer_is_reached_inside_the_vpc_by_this_accounts_distributions_only() -> None:
    graph = deployed()

    balancer, rule = graph.named("balancer-balancer"), graph.named("edge-into-web")
    assert balancer.inputs["internal"] is True
    assert uses(graph, balancer, "subnets") == [(f"network-private-{zone}", "id") for zone in (1, 2, 3)]
    assert uses(graph, graph.named("edge-web-vpc-origin"), "vpcOriginEndpointConfig.arn") == [
        ("balancer-balancer", "arn")
    ]
    assert uses(graph, rule, "securityGroupId") == [("balancer-public", "id")]
    assert rule.inputs["fromPort"] == rule.inputs["toPort"] == 80
    ingress = graph.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert not [one for one in ingress if one.inputs.get("cidrIpv4") == "0.0.0.0/0"], "the world uses the CDN"
    assert [one.name for one in graph.of_type("aws:wafv2/webAcl:WebAcl")] == ["edge-firewall"]


def test_a_public_load_balancer_is_reached_over_the_internet() -> None:
    graph = deployed(public=True)

    (web, _) = graph.named("edge-distribution").inputs["origins"]
    assert web["customOriginConfig"]["originProtocolPolicy"] == "http-only"
    assert not graph.of_type("aws:cloudfront/vpcOrigin:VpcOrigin")


def test_a_failing_origin_is_stood_in_for_by_the_second() -> None:
    args = CdnArgs(
        behaviours=(replace(PAGE, origin="both"), STATIC),
        origin_groups=(OriginGroup(name="both", primary="web", secondary="files", statuses=(503, 500)),),
        error_pages=(ErrorPage(status=503, path="/static/503.html"),),
    )
    inputs = deployed(args).named("edge-distribution").inputs

    (group,) = inputs["originGroups"]
    assert [one["originId"] for one in group["members"]] == ["web", "files"]
    assert group["failoverCriteria"] == {"statusCodes": [500, 503]}
    assert inputs["defaultCacheBehavior"]["targetOriginId"] == "both"
    (page,) = inputs["customErrorResponses"]
    assert (page["errorCode"], page["responseCode"], page["errorCachingMinTtl"]) == (503, 503, 5)


def test_a_signed_path_trusts_the_keys_that_were_given_and_no_other_path_does() -> None:
    graph = deployed(replace(ARGS, behaviours=(PAGE, replace(STATIC, signed=True)), signing_keys=(KEY,)))

    (static,) = graph.named("edge-distribution").inputs["orderedCacheBehaviors"]
    assert static["trustedKeyGroups"]
    assert "trustedKeyGroups" not in graph.named("edge-distribution").inputs["defaultCacheBehavior"]
    assert uses(graph, graph.named("edge-keys"), "items") == [("edge-key-one", "id")]
    assert graph.named("edge").outputs["signing_key_ids"].keys() == {"one"}


def test_with_a_domain_its_names_lead_to_the_distribution_under_tls_1_2_or_later() -> None:
    graph = deployed(replace(ARGS, domain=DOMAIN, certificate_names=("*.example.org", "example.org")))

    distribution = graph.named("edge-distribution")
    certificate = distribution.inputs["viewerCertificate"]
    assert (certificate["minimumProtocolVersion"], certificate["sslSupportMethod"]) == ("TLSv1.2_2021", "sni-only")
    assert graph.named("edge-validation").urn in distribution.reads["viewerCertificate"]
    assert distribution.inputs["aliases"] == ["www.example.org"]
    assert {graph.named(f"edge-address-{kind}").inputs["type"] for kind in ("a", "aaaa")} == {"A", "AAAA"}
    assert graph.named("edge-certificate").inputs["subjectAlternativeNames"] == ["example.org"]
    assert len(uses(graph, graph.named("edge-validation"), "validationRecordFqdns")) == 2, "each name is proven"


def test_a_client_that_floods_is_refused_in_the_window_that_was_asked_for() -> None:
    graph = deployed(replace(ARGS, rate=RateLimit(limit=2_000, window_seconds=300)))

    rules = graph.named("edge-firewall").inputs["rules"]
    (rate,) = [one["statement"]["rateBasedStatement"] for one in rules if "rateBasedStatement" in one["statement"]]
    assert rate == {"limit": 2_000, "evaluationWindowSec": 300, "aggregateKeyType": "IP"}
    assert len(rules) == 4


def test_geography_and_price_are_settings() -> None:
    inputs = deployed(settings=replace(SETTINGS, cdn_countries=("FR", "DE"))).named("edge-distribution").inputs

    assert inputs["restrictions"]["geoRestriction"] == {"restrictionType": "whitelist", "locations": ["DE", "FR"]}
    assert (inputs["priceClass"], inputs["httpVersion"], inputs["isIpv6Enabled"]) == (
        "PriceClass_100",
        "http2and3",
        True,
    )
    assert inputs["cacheTagConfig"] == {"headerName": "Cache-Tag"}


@pytest.mark.parametrize("wanted", [True, False])
def test_requests_are_logged_where_asked_for(wanted: bool) -> None:
    graph = deployed(replace(ARGS, access_log=wanted))

    assert bool(graph.of_type("aws:cloudwatch/logDelivery:LogDelivery")) is wanted
    if wanted:
        statements = json.loads(graph.named("edge-logs-policy").inputs["policy"])["Statement"]
        assert {"Service": "delivery.logs.amazonaws.com"} in [one["Principal"] for one in statements]


def test_origin_latency_is_measured_where_an_alarm_waits_for_it() -> None:
    graph = deployed()

    assert uses(graph, graph.named("edge-monitoring"), "distributionId") == [("edge-distribution", "id")]
    assert graph.named("edge-origin-latency").inputs["metricName"] == "OriginLatency"
    assert uses(graph, graph.named("edge-origin-latency"), "alarmActions") == [("edge-alarms", "arn")]


def test_origins_that_are_not_there_and_a_missing_domain_are_told_at_once() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        deployed(
            CdnArgs(behaviours=(PAGE, replace(STATIC, origin="nobody"), replace(STATIC, path="/x/*"))),
            replace(SETTINGS, profile=Profile.PROD),
        )

    assert refused.value.problems == (
        "cdn/edge/behaviours//static/*/origin: must be an origin or an origin group, got 'nobody'; "
        "there are files, web",
        "cdn/edge/behaviours//x/*: must begin with '/static/' and only read, got 'read'; "
        "the storage 'files' serves nothing else",
        "cdn/edge/domain: must be given in the prod profile, got nothing; without a certificate of its own "
        "CloudFront cannot be told to refuse TLS below 1.2",
    )
