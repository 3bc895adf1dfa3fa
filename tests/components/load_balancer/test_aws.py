"""The load balancer on Elastic Load Balancing: who gets in, what goes where, and what is kept of it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from archkit.graph import Graph, Resource
from archkit.recorder import record
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.load_balancer import Domain, LoadBalancerArgs, Route
from components.network import NetworkArgs
from components.profile import Profile
from components.service import ScalingPolicy, Service, ServiceArgs
from components.settings import AwsSettings
from components.targets.aws import AwsTarget

SETTINGS = AwsSettings(images={"web": "ghcr.io/team/web@sha256:" + "a" * 64})
PROD = replace(SETTINGS, profile=Profile.PROD)
DOMAIN = Domain(name="www.example.org", zone="example.org")
LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"


def deployed(
    args: LoadBalancerArgs | None = None,
    settings: AwsSettings = SETTINGS,
    *,
    paths: dict[str, str] | None = None,
    zones: int = 3,
    name: str = "edge",
    **recording: Any,
) -> Graph:
    """A load balancer whose routes lead to services: `{"/*": "web"}`."""
    wanted = {"/*": "web"} if paths is None else paths

    def program() -> None:
        target = AwsTarget(settings)
        network = target.network("network", NetworkArgs(zones=zones))
        image = target.image("image", ImageArgs(app="web"))
        services: dict[str, Service] = {}
        for number, service in enumerate(dict.fromkeys(wanted.values())):
            scaling = ScalingPolicy(requests_per_replica_per_minute=600 + number, scale_in=bool(number))
            services[service] = target.service(
                service, ServiceArgs(port=8080 + number, scaling=scaling), network=network, image=image
            )
        routes = [Route(path=path, service=services[service]) for path, service in wanted.items()]
        target.load_balancer(name, args or LoadBalancerArgs(), network=network, routes=routes)

    return record(program, stack="web-aws", **recording)


def uses(resource: Resource, path: str, graph: Graph) -> list[tuple[str, str]]:
    """Which output of which resource stands at a place in another's inputs."""
    names = {one.urn: one.name for one in graph.resources}
    return [
        (names[one.urn], one.output)
        for one in resource.references
        if one.path == path or one.path.startswith((f"{path}[", f"{path}."))
    ]


def test_without_a_domain_http_is_forwarded_to_the_service() -> None:
    graph = deployed()

    (listener,) = graph.of_type(LISTENER)
    assert (listener.inputs["port"], listener.inputs["protocol"]) == (80, "HTTP")
    assert uses(listener, "loadBalancerArn", graph) == [("edge-balancer", "arn")]
    assert uses(listener, "defaultActions", graph) == [("web-targets", "arn")]
    assert graph.named("edge").outputs["url"] == "http://mock://aws:lb/loadBalancer:LoadBalancer/edge-balancer#dnsName"


def test_with_a_domain_https_is_forwarded_and_http_only_redirected() -> None:
    graph = deployed(LoadBalancerArgs(domain=DOMAIN))

    https, http = graph.named("edge-https"), graph.named("edge-http")
    assert (https.inputs["port"], https.inputs["protocol"]) == (443, "HTTPS")
    assert uses(https, "defaultActions", graph) == [("web-targets", "arn")]
    assert https.inputs["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-"), "older TLS must not be spoken"
    (action,) = http.inputs["defaultActions"]
    assert action == {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
    assert graph.named("edge").outputs["url"] == "https://www.example.org"


def test_the_listener_waits_for_a_certificate_that_its_zone_has_proven() -> None:
    graph = deployed(LoadBalancerArgs(domain=DOMAIN), functions={"aws:route53/getZone:getZone": {"zoneId": "Z0WWW"}})

    https, validation, proof = (graph.named(f"edge-{part}") for part in ("https", "validation", "proof"))
    assert validation.urn in https.reads["certificateArn"], "a listener takes no certificate that is not issued yet"
    assert uses(validation, "certificateArn", graph) == [("edge-certificate", "arn")]
    assert uses(validation, "validationRecordFqdns", graph) == [("edge-proof", "fqdn")]
    assert {name for name, _ in uses(proof, "records", graph)} == {"edge-certificate"}
    assert proof.inputs["zoneId"] == "Z0WWW"
    certificate = graph.named("edge-certificate").inputs
    assert (certificate["domainName"], certificate["validationMethod"]) == ("www.example.org", "DNS")


def test_the_domain_leads_to_the_load_balancer() -> None:
    graph = deployed(LoadBalancerArgs(domain=DOMAIN))

    address = graph.named("edge-address")
    assert (address.inputs["name"], address.inputs["type"]) == ("www.example.org", "A")
    assert uses(address, "aliases", graph) == [("edge-balancer", "dnsName"), ("edge-balancer", "zoneId")]


def test_a_zone_that_is_not_there_is_refused_by_its_name() -> None:
    def missing(_: object) -> dict[str, Any]:
        raise LookupError("no matching Route 53 Hosted Zone found")

    with pytest.raises(Exception, match="no matching Route 53 Hosted Zone found") as refused:
        deployed(LoadBalancerArgs(domain=DOMAIN), functions={"aws:route53/getZone:getZone": missing})

    assert "load_balancer/edge/domain/zone: must be a public hosted zone of this account, got 'example.org'" in str(
        refused.value
    )


def test_the_world_gets_in_on_the_listeners_ports_and_the_load_balancer_out_to_its_services_only() -> None:
    graph = deployed(paths={"/*": "web", "/api/*": "api"})

    ingress = graph.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    world = [one.inputs["fromPort"] for one in ingress if one.inputs.get("cidrIpv4") == "0.0.0.0/0"]
    assert world == [80]
    for service, port in (("web", 8080), ("api", 8081)):
        out, into = graph.named(f"edge-to-{service}"), graph.named(f"edge-into-{service}")
        assert uses(out, "securityGroupId", graph) == [("edge-public", "id")]
        assert uses(out, "referencedSecurityGroupId", graph) == [(f"{service}-instances", "id")]
        assert uses(into, "securityGroupId", graph) == [(f"{service}-instances", "id")]
        assert uses(into, "referencedSecurityGroupId", graph) == [("edge-public", "id")]
        assert {one.inputs[key] for one in (out, into) for key in ("fromPort", "toPort")} == {port}
    own = [
        one
        for one in graph.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
        if uses(one, "securityGroupId", graph) == [("edge-public", "id")]
    ]
    assert len(own) == 2


def test_it_stands_in_the_public_subnets_behind_its_own_group() -> None:
    graph = deployed()

    balancer = graph.named("edge-balancer")
    assert uses(balancer, "subnets", graph) == [(f"network-public-{zone}", "id") for zone in (1, 2, 3)]
    assert uses(balancer, "securityGroups", graph) == [("edge-public", "id")]
    assert balancer.inputs["dropInvalidHeaderFields"] is True
    assert balancer.inputs["internal"] is False


@pytest.mark.parametrize(("settings", "protected"), [(SETTINGS, False), (PROD, True)])
def test_only_in_production_it_is_protected_against_deletion(settings: AwsSettings, protected: bool) -> None:
    graph = deployed(LoadBalancerArgs(domain=DOMAIN), settings)

    assert graph.named("edge-balancer").inputs["enableDeletionProtection"] is protected


def test_requests_and_connections_are_logged_to_a_bucket_that_may_be_written_before_it_is_named() -> None:
    graph = deployed()

    balancer = graph.named("edge-balancer")
    for log, prefix in (("accessLogs", "requests"), ("connectionLogs", "connections")):
        assert uses(balancer, log, graph) == [("edge-logs", "id")]
        assert (balancer.inputs[log]["enabled"], balancer.inputs[log]["prefix"]) == (True, prefix)
    assert graph.named("edge-logs-policy").urn in balancer.options["dependsOn"], "the first log would be refused"
    statements = json.loads(graph.named("edge-logs-policy").inputs["policy"])["Statement"]
    (write,) = (one for one in statements if one["Effect"] == "Allow")
    assert write["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert write["Action"] == "s3:PutObject"
    arn = "mock://aws:s3/bucket:Bucket/edge-logs#arn"
    assert write["Resource"] == [f"{arn}/{prefix}/AWSLogs/123456789012/*" for prefix in ("requests", "connections")]


def test_its_log_bucket_has_no_key_of_its_own() -> None:
    (rule,) = deployed().named("edge-logs-encryption").inputs["rules"]

    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}, (
        "an Application Load Balancer can write to no bucket with a KMS key"
    )


def test_the_longest_path_that_fits_wins() -> None:
    graph = deployed(paths={"/*": "web", "/api/*": "api", "/api/admin/*": "admin", "/api/admin/login": "web"})

    rules = sorted(graph.of_type(RULE), key=lambda one: one.inputs["priority"])
    led = [(one.inputs["conditions"][0]["pathPattern"]["values"], uses(one, "actions", graph)[0][0]) for one in rules]
    assert led == [
        (["/api/admin/login"], "web-targets"),
        (["/api/admin/*"], "admin-targets"),
        (["/api/*"], "api-targets"),
    ]
    assert all(uses(one, "listenerArn", graph) == [("edge-http", "arn")] for one in rules)


def test_requests_per_replica_are_held_for_each_service_by_the_load_balancers_own_figures() -> None:
    graph = deployed(paths={"/*": "web", "/api/*": "api"})

    for service, target, keeps in (("web", 600, True), ("api", 601, False)):
        policy = graph.named(f"edge-{service}-requests")
        assert uses(policy, "autoscalingGroupName", graph) == [(f"{service}-group", "name")]
        tracking = policy.inputs["targetTrackingConfiguration"]
        assert (tracking["targetValue"], tracking["disableScaleIn"]) == (target, keeps)
        assert tracking["predefinedMetricSpecification"] == {
            "predefinedMetricType": "ALBRequestCountPerTarget",
            "resourceLabel": "mock://aws:lb/loadBalancer:LoadBalancer/edge-balancer#arnSuffix"
            f"/mock://aws:lb/targetGroup:TargetGroup/{service}-targets#arnSuffix",
        }
        waits = policy.options["dependsOn"]
        assert graph.named("edge-http").urn in waits, "until a listener forwards, the target group is nobody's"


def test_a_firewall_stands_before_it_and_logs_what_it_refuses() -> None:
    graph = deployed()

    association, logging = graph.named("edge-firewall-association"), graph.named("edge-firewall-logging")
    assert uses(association, "resourceArn", graph) == [("edge-balancer", "arn")]
    assert uses(association, "webAclArn", graph) == [("edge-firewall", "arn")]
    assert uses(logging, "resourceArn", graph) == [("edge-firewall", "arn")]
    assert uses(logging, "logDestinationConfigs", graph) == [("edge-firewall-log", "arn")]
    assert graph.named("edge-firewall-log").inputs["name"].startswith("aws-waf-logs-"), "AWS WAF refuses other names"
    firewall = graph.named("edge-firewall").inputs
    assert firewall["scope"] == "REGIONAL"
    assert len({rule["priority"] for rule in firewall["rules"]}) == len(firewall["rules"]) == 4
    assert all(("action" in rule) != ("overrideAction" in rule) for rule in firewall["rules"])


@pytest.mark.parametrize("limit", [600, None])
def test_a_client_that_floods_is_refused_where_a_limit_is_set(limit: int | None) -> None:
    rules = (
        deployed(settings=replace(SETTINGS, client_requests_per_minute=limit)).named("edge-firewall").inputs["rules"]
    )

    rates = [rule["statement"]["rateBasedStatement"] for rule in rules if "rateBasedStatement" in rule["statement"]]
    expected = [] if limit is None else [{"limit": limit, "evaluationWindowSec": 60, "aggregateKeyType": "IP"}]
    assert rates == expected


def test_alarms_watch_this_load_balancer_and_its_services_and_tell_whom_the_settings_name() -> None:
    topic = "arn:aws:sns:eu-central-1:123456789012:pager"
    graph = deployed(settings=replace(SETTINGS, alarm_topic_arn=topic))

    alarms = graph.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert {one.inputs["metricName"] for one in alarms} == {
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Target_5XX_Count",
        "TargetResponseTime",
        "UnHealthyHostCount",
    }
    for alarm in alarms:
        assert ("edge-balancer", "arnSuffix") in uses(alarm, "dimensions", graph)
        assert alarm.inputs["alarmActions"] == [topic]
        assert ("statistic" in alarm.inputs) != ("extendedStatistic" in alarm.inputs), "CloudWatch takes one of the two"
    unhealthy = graph.named("edge-web-unhealthy")
    assert ("web-targets", "arnSuffix") in uses(unhealthy, "dimensions", graph)


def test_it_declares_its_services_as_links() -> None:
    graph = deployed(paths={"/*": "web", "/api/*": "api"})

    assert graph.named("edge").outputs["links"] == [
        {"to": graph.named("web").urn, "port": 8080},
        {"to": graph.named("api").urn, "port": 8081},
    ]


def test_production_without_a_domain_is_refused() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        deployed(settings=PROD)

    assert refused.value.problems == (
        "load_balancer/edge/domain: must be given in the prod profile, got nothing; "
        "without a name of its own there is no certificate, and everything would travel in the clear",
    )


def test_one_zone_is_too_few() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        deployed(zones=1)

    assert refused.value.problems == (
        "network/network/zones: must be at least 2 on aws, got 1; a load balancer stands in two zones or more",
    )


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        deployed(settings=PROD, paths={"/a?b": "web"}, name="a-load-balancer-with-a-long-name")

    told = [problem.partition(": ")[0] for problem in refused.value.problems]
    where = "load_balancer/a-load-balancer-with-a-long-name"
    assert told == [where, f"{where}/routes", f"{where}/routes//a?b", f"{where}/domain"]
