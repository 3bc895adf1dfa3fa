"""What the rules make of the test programs: placement, flow, and the evidence for it."""

# ruff: noqa: RUF001 - labels hold multiplication signs

from collections.abc import Callable

import pulumi_aws as aws
import pytest
from topology.derive import derive
from topology.kinds import ContainerKind, EdgeKind, How, Kind, Tier
from topology.model import Model

from archkit.recorder import record

ModelOf = Callable[[str], Model]

EDGES = {
    "three_tier": {
        ("dns", "users", "example.org", ""),
        ("dns", "example.org", "cdn", "example.org"),
        ("traffic", "users", "cdn", "HTTPS 443"),
        ("traffic", "users", "web-alb", "HTTPS 443"),
        ("traffic", "cdn", "web-alb", "HTTPS"),
        ("traffic", "cdn", "media", "OAC"),
        ("traffic", "web-alb", "web-asg", "8080"),
        ("traffic", "web-asg", "data-db", "5432"),
        ("traffic", "web-asg", "data-cache", "6379"),
        ("grant", "web-asg", "media", "s3:PutObject"),
        ("telemetry", "cdn", "logs", "access log"),
        ("backup", "data-db", "vault", "daily"),
        ("backup", "media", "vault", "daily"),
        ("backup", "vault", "vault-offsite", "copy, kept 35 days"),
    },
    "serverless": {
        ("traffic", "users", "api", "HTTPS 443"),
        ("traffic", "api", "api", "GET /orders/{id}, POST /orders"),
        ("grant", "api", "orders", "sqs:SendMessage"),
        ("grant", "api", "orders", "dynamodb:GetItem"),
        ("grant", "worker", "orders", "sqs:ReceiveMessage"),
        ("grant", "worker", "orders", "dynamodb:PutItem"),
        ("grant", "cleanup", "orders", "dynamodb:DeleteItem"),
        ("event", "orders", "worker", "batches of 10"),
        ("event", "orders", "orders-dead", "dead letters after 5"),
        ("event", "nightly", "cleanup", "cron(0 4 * * ? *)"),
    },
    "fargate": {
        ("traffic", "users", "edge", "HTTPS 443"),
        ("traffic", "edge", "shop", "8080"),
        ("traffic", "edge", "admin", "8080"),
        ("traffic", "shop", "orders", "5432"),
        ("traffic", "admin", "orders", "5432"),
        ("traffic", "orders", "orders", "5432"),
    },
    "two_regions": {
        ("dns", "users", "example.org", ""),
        ("dns", "example.org", "home-web", "example.org (primary)"),
        ("dns", "example.org", "away-web", "example.org (secondary)"),
        ("replication", "home-orders", "away-orders", "global database"),
        ("replication", "media", "media-copy", "replication"),
        *(
            edge
            for side in ("home", "away")
            for edge in (
                ("traffic", "users", f"{side}-web", "HTTPS 443"),
                ("traffic", f"{side}-web", f"{side}-web × 2", "443"),
                ("traffic", f"{side}-web × 2", f"{side}-orders", "5432"),
                # One security group holds both the load balancer and the servers, so its rule admits both.
                ("traffic", f"{side}-web", f"{side}-orders", "5432"),
            )
        ),
    },
    "swarm": {
        ("traffic", "users", "proxy", "443"),
        ("traffic", "proxy", "web", "8080"),
        ("traffic", "web", "db × 3", "5432"),
        ("traffic", "web", "cache", "6379"),
    },
    "docker_host": {
        ("traffic", "users", "proxy", "443"),
        ("traffic", "proxy", "web × 8", "8080"),
        ("traffic", "web × 8", "orders-db", "5432"),
        ("traffic", "web × 8", "cache", "6379"),
        *(("traffic", f"{name}", "broker", "5672") for name in ("web × 8", "mailer × 6", "invoicer × 6")),
        *(("traffic", f"{name}", "broker", "5672") for name in ("indexer × 8", "thumbnailer × 12")),
        ("telemetry", "metrics", "orders-db", "9187"),
        ("telemetry", "dashboards", "metrics", "9090"),
    },
    "unknown_types": set[tuple[str, str, str, str]](),
}


def test_the_arrows_are_the_ones_an_architect_would_draw(program: str, model_of: ModelOf) -> None:
    model = model_of(program)
    name = {node.id: node.label for node in model.nodes}
    found = {(edge.kind.value, name[edge.source], name[edge.target], edge.label) for edge in model.edges}
    assert found == EDGES[program]


def test_arrows_name_their_evidence_with_its_line(model_of: ModelOf) -> None:
    model = model_of("three_tier")
    edge = model.edge["traffic--autoscaling-group-web-asg--rds-cluster-data-db"]
    assert [one.text for one in edge.evidence] == [
        "security group ingress rule app-to-data: 5432 from security group app"
    ]
    position = edge.evidence[0].position
    assert position is not None
    assert position.file.endswith("programs/three_tier.py")
    balanced = model.edge["traffic--lb-load-balancer-web-alb--autoscaling-group-web-asg"]
    assert len(balanced.evidence) == 3, "listener, target group and security group rule all say it"


def test_boxes_are_regions_and_rows_and_public_only_by_their_route(model_of: ModelOf) -> None:
    model = model_of("three_tier")
    rows = {box.label: (box.tier, box.public) for box in model.containers if box.kind is ContainerKind.SUBNET}
    assert rows["net-public-a 10.0.0.0/24"] == (Tier.PUBLIC, True)
    assert rows["net-private-a 10.0.10.0/24"] == (Tier.PRIVATE, False)
    assert rows["net-data-a 10.0.20.0/24"] == (Tier.DATA, False)
    apart = {box.label: box.public for box in model_of("fargate").containers if box.kind is ContainerKind.SUBNET}
    assert apart["public-0 10.20.0.0/24"] is True, "its route is a resource of its own"
    assert apart["private-0 10.20.10.0/24"] is False
    assert model.node["backup-vault-vault-offsite"].region == "eu-central-1"
    assert model.container[model.node["backup-vault-vault-offsite"].container].label == "eu-central-1"
    assert model.node["cloudfront-distribution-cdn"].container == "aws", "CloudFront stands in no region"


def test_a_provider_of_another_region_gives_a_region_of_its_own(model_of: ModelOf) -> None:
    model = model_of("two_regions")
    regions = {box.label for box in model.containers if box.kind is ContainerKind.REGION}
    assert regions == {"eu-west-1", "eu-north-1"}
    assert model.node["s3-bucket-media-copy"].region == "eu-north-1"


def test_likes_are_one_band_with_a_member_for_each(model_of: ModelOf) -> None:
    nat = next(node for node in model_of("fargate").nodes if node.kind is Kind.NAT)
    assert [(one.label, one.zone) for one in nat.members] == [("nat-0", "eu-central-1a"), ("nat-1", "eu-central-1b")]
    members = next(node for node in model_of("swarm").nodes if node.kind is Kind.DATABASE).members
    assert [(one.label, one.zone) for one in members] == [("db-a", "a"), ("db-b", "b"), ("db-c", "c")]
    workers = next(node for node in model_of("docker_host").nodes if node.label == "thumbnailer × 12")
    assert [one.label for one in workers.members] == [f"thumbnailer-{number}" for number in range(1, 13)]


def test_badges_hang_on_what_they_protect(model_of: ModelOf) -> None:
    node = model_of("three_tier").node
    assert [one.kind for one in node["cloudfront-distribution-cdn"].badges] == ["certificate", "waf"]
    assert [one.kind for one in node["rds-cluster-data-db"].badges] == ["key"]
    assert [one.kind for one in node["lb-load-balancer-web-alb"].badges] == ["certificate"]


def test_alarms_are_counted_where_they_are_heard(model_of: ModelOf) -> None:
    topic = model_of("three_tier").node["sns-topic-alarms"]
    assert (topic.kind, topic.details) == (Kind.ALARM, ("2 alarms",))


def test_a_volume_that_nobody_mounts_stays_visible(model_of: ModelOf) -> None:
    model = model_of("swarm")
    account = {model.names[urn]: one.how for urn, one in model.accounted.items() if "Volume" in model.types[urn]}
    assert account == {"db-a": How.BADGE, "db-b": How.BADGE, "db-c": How.BADGE, "forgotten": How.DRAWN}


def test_the_security_view_knows_rules_that_are_no_arrows(model_of: ModelOf) -> None:
    accesses = model_of("three_tier").accesses
    lines = {(one.source_text, one.ports, one.world) for one in accesses}
    assert ("internet", "443", True) in lines
    assert ("security group app", "5432", False) in lines


@pytest.mark.parametrize("name", ["three_tier", "fargate", "two_regions", "swarm", "docker_host", "serverless"])
def test_traffic_only_flows_inwards_from_users(name: str, model_of: ModelOf) -> None:
    model = model_of(name)
    assert not [edge for edge in model.edges if edge.target == "users"]
    assert {edge.kind for edge in model.edges if edge.source == "users"} <= {EdgeKind.TRAFFIC, EdgeKind.DNS}


def test_a_call_of_a_function_at_deployment_is_part_of_the_function() -> None:
    def program() -> None:
        job = aws.lambda_.Function("job", role="arn", runtime="python3.13")
        aws.lambda_.Invocation("now", function_name=job.name, input="{}")

    model = derive(record(program))
    assert model.unknown == ()
    assert [node.label for node in model.nodes] == ["job"]
