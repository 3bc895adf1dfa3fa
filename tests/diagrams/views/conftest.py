"""Models made by hand: what views must cope with, whatever reads graphs for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from topology.kinds import ContainerKind, EdgeKind, How, Kind, Placement, Tier
from topology.model import Model
from topology.parts import Access, Account, Badge, Container, Edge, Evidence, Member, Node

HOSTILE = "<script>alert(\"x\")</script> & 'quotes' \u202eevil\u202c \x00\x1b[31m"
ARABIC = "خدمة الطلبات"


def edge(source: str, target: str, label: str = "", kind: EdgeKind = EdgeKind.TRAFFIC, **more: Any) -> Edge:
    evidence = (Evidence(urn="", text=f"rule {source} to {target}"),)
    return Edge(
        id=f"{source}-{target}-{kind}", source=source, target=target, kind=kind, label=label, evidence=evidence, **more
    )


def finish(title: str, nodes: list[Node], containers: list[Container], edges: list[Edge], **more: Any) -> Model:
    """Every node and container of the program gets a resource that is accounted for."""
    urns = {urn: Account(how=How.DRAWN, id=node.id) for node in nodes for urn in node.urns}
    urns |= {urn: Account(how=How.CONTAINER, id=box.id) for box in containers for urn in box.urns}
    return Model(
        title=title,
        nodes=tuple(sorted(nodes, key=lambda one: one.id)),
        containers=tuple(containers),
        edges=tuple(sorted(edges, key=lambda one: one.id)),
        accounted=urns,
        types=dict.fromkeys(urns, "test:index:Thing"),
        names={urn: urn.rpartition("::")[2] for urn in urns},
        graph_hash="4e4ccb0299" * 6 + "abcd",
        **more,
    )


def node(id_: str, kind: Kind, **more: Any) -> Node:
    more.setdefault("label", id_)
    urns = (f"urn::{id_}",) if kind not in (Kind.USERS, Kind.EXTERNAL) else ()
    return Node(id=id_, kind=kind, urns=urns, **more)


def boxes(region: str, zones: list[str], tiers: list[Tier], prefix: str = "net", cloud: bool = True) -> list[Container]:
    """Cloud > region > vpc > tier > subnet, with zones."""
    found = [Container(id="aws", kind=ContainerKind.CLOUD, label="AWS")] if cloud else []
    found += [
        Container(id=region, kind=ContainerKind.REGION, label=region, parent="aws"),
        Container(
            id=f"{prefix}-vpc",
            kind=ContainerKind.VPC,
            label=f"{prefix}-vpc",
            parent=region,
            urns=(f"urn::{prefix}-vpc",),
            attributes={"cidr": "10.0.0.0/16"},
            badges=(Badge(kind="flow-log", label="all traffic", urn=""),),
        ),
    ]
    found += [
        Container(id=f"{prefix}-{zone}", kind=ContainerKind.ZONE, label=zone, parent=f"{prefix}-vpc", zone=zone)
        for zone in zones
    ]
    for row, tier in enumerate(tiers):
        public = tier is Tier.PUBLIC
        found.append(
            Container(
                id=f"{prefix}-{tier}",
                kind=ContainerKind.TIER,
                label=str(tier),
                parent=f"{prefix}-vpc",
                tier=tier,
                public=public,
            )
        )
        for place, zone in enumerate(zones):
            found.append(
                Container(
                    id=f"{prefix}-{tier}-{zone}",
                    kind=ContainerKind.SUBNET,
                    label=f"{prefix}-{tier}-{place}",
                    parent=f"{prefix}-{tier}",
                    zone=zone,
                    tier=tier,
                    public=public,
                    urns=(f"urn::{prefix}-{tier}-{place}",),
                    attributes={"cidr": f"10.0.{row * 10 + place}.0/24"},
                )
            )
    return found


def three_tier() -> Model:
    zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    containers = boxes("eu-west-1", zones, [Tier.PUBLIC, Tier.PRIVATE, Tier.DATA])
    containers.append(Container(id="eu-central-1", kind=ContainerKind.REGION, label="eu-central-1", parent="aws"))
    spread = {"zones": tuple(zones), "placement": Placement.IN, "region": "eu-west-1"}
    nodes = [
        node("users", Kind.USERS, tier=Tier.OUTSIDE),
        node("dns", Kind.DNS, label="example.org", service="Route 53", icon="aws/route53", tier=Tier.OUTSIDE),
        node(
            "cdn",
            Kind.CDN,
            service="CloudFront",
            icon="aws/cloudfront",
            tier=Tier.EDGE,
            badges=(Badge(kind="waf", label="rate limit", urn=""), Badge(kind="certificate", label="acm", urn="")),
        ),
        *(
            node(
                f"nat-{zone[-1]}",
                Kind.NAT,
                service="NAT gateway",
                icon="aws/nat-gateway",
                tier=Tier.PUBLIC,
                container=f"net-public-{zone}",
                zones=(zone,),
                placement=Placement.IN,
            )
            for zone in zones
        ),
        node(
            "web-alb",
            Kind.LOAD_BALANCER,
            service="Application Load Balancer",
            icon="aws/elb/application",
            tier=Tier.PUBLIC,
            container="net-public",
            **spread,
        ),
        node(
            "web-asg",
            Kind.SERVICE,
            service="Auto Scaling group",
            icon="aws/ec2",
            tier=Tier.PRIVATE,
            container="net-private",
            details=("min 3 · max 12",),
            **spread,
        ),
        node(
            "cache",
            Kind.CACHE,
            service="ElastiCache Valkey",
            icon="aws/elasticache/valkey",
            tier=Tier.DATA,
            container="net-data",
            zones=tuple(zones),
            placement=Placement.MAY,
            zone_note="zones chosen by AWS",
            members=tuple(
                Member(id=f"c{n}", label=f"cache-00{n}", role="replica" if n else "primary") for n in range(3)
            ),
            details=("valkey · r7g.large",),
        ),
        node(
            "db",
            Kind.DATABASE,
            service="Aurora PostgreSQL",
            icon="aws/aurora",
            tier=Tier.DATA,
            container="net-data",
            **spread,
            badges=(Badge(kind="key", label="kms", urn=""),),
            members=tuple(
                Member(id=f"d{n}", label=f"data-db-{n}", role="reader" if n else "writer", zone=zones[n])
                for n in range(3)
            ),
        ),
        node("media", Kind.BUCKET, service="S3", icon="aws/s3", container="eu-west-1", tier=Tier.STORAGE),
        node("logs", Kind.BUCKET, service="S3", icon="aws/s3", container="eu-west-1", tier=Tier.STORAGE),
        node("alarms", Kind.TOPIC, service="SNS", icon="aws/sns/topic", container="eu-west-1"),
        node("vault", Kind.BACKUP_VAULT, service="AWS Backup", icon="aws/backup", container="eu-west-1"),
        node("offsite", Kind.BACKUP_VAULT, service="AWS Backup", icon="aws/backup", container="eu-central-1"),
    ]
    edges = [
        edge("users", "dns", "", EdgeKind.DNS),
        edge("users", "cdn", "HTTPS 443"),
        edge("dns", "cdn", "", EdgeKind.DNS),
        edge("cdn", "web-alb", "HTTPS 443"),
        edge("cdn", "media", "OAC"),
        edge("web-alb", "web-asg", "8080"),
        edge("web-asg", "db", "5432"),
        edge("web-asg", "cache", "6379"),
        edge("web-asg", "media", "s3:GetObject, s3:PutObject", EdgeKind.GRANT),
        edge("db", "vault", "daily", EdgeKind.BACKUP),
        edge("media", "vault", "daily", EdgeKind.BACKUP),
        edge("vault", "offsite", "copy", EdgeKind.BACKUP),
        edge("web-alb", "logs", "", EdgeKind.TELEMETRY),
    ]
    accesses = (
        Access(
            source="",
            target="web-alb",
            source_text="internet",
            ports="443/tcp",
            world=True,
            evidence=(Evidence(urn="", text="security group rule world-to-alb"),),
        ),
        Access(
            source="web-alb",
            target="web-asg",
            source_text="security group alb",
            ports="8080/tcp",
            evidence=(Evidence(urn="", text="security group rule alb-to-app"),),
        ),
        Access(
            source="web-asg",
            target="db",
            source_text="security group app",
            ports="5432/tcp",
            evidence=(Evidence(urn="", text="security group rule app-to-data"),),
        ),
        Access(
            source="web-asg",
            target="cache",
            source_text="security group app",
            ports="6379/tcp",
            evidence=(Evidence(urn="", text="security group rule app-to-cache"),),
        ),
        Access(
            source="",
            target="web-asg",
            source_text="0.0.0.0/0",
            ports="22/tcp",
            world=True,
            evidence=(Evidence(urn="", text="security group rule ssh-from-everywhere"),),
        ),
    )
    return finish("shop-aws", nodes, containers, edges, accesses=accesses)


def serverless() -> Model:
    containers = [
        Container(id="aws", kind=ContainerKind.CLOUD, label="AWS"),
        Container(id="r", kind=ContainerKind.REGION, label="eu-west-1", parent="aws"),
    ]
    nodes = [
        node("users", Kind.USERS, tier=Tier.OUTSIDE),
        node("api", Kind.API_GATEWAY, service="API Gateway", icon="aws/apigatewayv2", container="r", tier=Tier.EDGE),
        *(
            node(
                f"fn-{n}",
                Kind.FUNCTION,
                service="Lambda",
                icon="aws/lambda",
                container="r",
                tier=Tier.PRIVATE,
                details=("python3.12 · 512 MB",),
            )
            for n in ("orders", "worker", "report")
        ),
        node("jobs", Kind.QUEUE, service="SQS", icon="aws/sqs", container="r", tier=Tier.DATA),
        node("dead", Kind.QUEUE, label="jobs-dead-letters", service="SQS", icon="aws/sqs", container="r"),
        node("table", Kind.DATABASE, service="DynamoDB", icon="aws/dynamodb", container="r", tier=Tier.DATA),
        node("alarm", Kind.ALARM, service="CloudWatch alarm", icon="aws/cloudwatch/alarm", container="r"),
        node("topic", Kind.TOPIC, service="SNS", icon="aws/sns", container="r"),
        node("odd", Kind.UNKNOWN, type="random:index:Pet", label="odd-pet", container=""),
    ]
    edges = [
        edge("users", "api", "HTTPS 443"),
        edge("api", "fn-orders", "POST /orders"),
        edge("api", "fn-report", "GET /report"),
        edge("fn-orders", "jobs", "sqs:SendMessage", EdgeKind.GRANT),
        edge("jobs", "fn-worker", "batch of 10", EdgeKind.EVENT),
        edge("jobs", "dead", "after 5", EdgeKind.EVENT),
        edge("fn-orders", "table", "dynamodb:PutItem", EdgeKind.GRANT),
        edge("fn-worker", "table", "dynamodb:PutItem, dynamodb:UpdateItem", EdgeKind.GRANT),
        edge("fn-report", "table", "dynamodb:Query", EdgeKind.GRANT),
        edge("alarm", "topic", "", EdgeKind.EVENT),
        edge("dead", "alarm", "depth > 0", EdgeKind.TELEMETRY),
    ]
    return finish("orders-api", nodes, containers, edges, unknown=("urn::odd",))


def docker_web() -> Model:
    containers = [
        Container(id="host", kind=ContainerKind.HOST, label="Docker Swarm"),
        Container(
            id="t-public", kind=ContainerKind.TIER, label="published", parent="host", tier=Tier.PUBLIC, public=True
        ),
        Container(
            id="t-private", kind=ContainerKind.TIER, label="internal", parent="host", tier=Tier.PRIVATE, public=False
        ),
        Container(
            id="n-web",
            kind=ContainerKind.OVERLAY_NETWORK,
            label="web-local-web",
            parent="host",
            urns=("urn::n-web",),
            attributes={"driver": "overlay"},
        ),
        Container(
            id="n-edge",
            kind=ContainerKind.OVERLAY_NETWORK,
            label="web-local-edge",
            parent="host",
            urns=("urn::n-edge",),
            attributes={"driver": "overlay"},
        ),
    ]
    nodes = [
        node("users", Kind.USERS, tier=Tier.OUTSIDE),
        node(
            "edge",
            Kind.LOAD_BALANCER,
            service="HAProxy",
            icon="docker/haproxy",
            container="t-public",
            tier=Tier.PUBLIC,
            networks=("n-web", "n-edge"),
            details=("1 replica", "host port 8080"),
        ),
        node(
            "web",
            Kind.SERVICE,
            service="web application",
            icon="docker/python",
            container="t-private",
            tier=Tier.PRIVATE,
            networks=("n-web",),
            details=("3 replicas",),
        ),
        node(
            "controller",
            Kind.CONTROLLER,
            service="controller",
            icon="docker/python",
            container="t-private",
            tier=Tier.PRIVATE,
            details=("one a node",),
        ),
    ]
    edges = [edge("users", "edge", "HTTP 8080"), edge("edge", "web", "8080")]
    return finish("web-local", nodes, containers, edges)


def docker_many(count: int = 60, mixed: bool = False) -> Model:
    containers = [
        Container(id="host", kind=ContainerKind.HOST, label="Docker host"),
        *(
            Container(
                id=f"n-{n}",
                kind=ContainerKind.OVERLAY_NETWORK,
                label=f"network-{n}",
                parent="host",
                urns=(f"urn::n-{n}",),
            )
            for n in ("front", "back", "mail")
        ),
    ]
    kinds = [
        ("nginx", "docker/nginx"),
        ("api", "docker/python"),
        ("worker", "docker/python"),
        ("redis", "docker/redis"),
        ("postgres", "docker/postgresql"),
        ("varnish", "docker/varnish"),
    ]
    nodes, edges = [node("users", Kind.USERS, tier=Tier.OUTSIDE)], list[Edge]()
    for n in range(count):
        name, icon = kinds[n % 6]
        service = f"{name} {n}" if mixed else name
        nodes.append(
            node(
                f"{name}-{n}",
                Kind.INSTANCE,
                label=f"{name}-{n}",
                service=service,
                icon=icon,
                container="host",
                tier=Tier.DATA if name in ("redis", "postgres") else Tier.PRIVATE,
                networks=("n-front", "n-back"),
            )
        )
    for n in range(0, count - 5, 6):
        edges += [
            edge(f"nginx-{n}", f"api-{n + 1}", "8000"),
            edge(f"api-{n + 1}", f"redis-{n + 3}", "6379"),
            edge(f"api-{n + 1}", f"postgres-{n + 4}", "5432"),
            edge(f"varnish-{n + 5}", f"nginx-{n}", "80"),
            edge("users", f"varnish-{n + 5}", f"{8000 + n}"),
        ]
    return finish("many", nodes, containers, edges)


def two_regions() -> Model:
    containers, nodes, edges = list[Container](), list[Node](), list[Edge]()
    nodes.append(node("users", Kind.USERS, tier=Tier.OUTSIDE))
    nodes.append(node("dns", Kind.DNS, service="Route 53", icon="aws/route53", tier=Tier.OUTSIDE, label="example.org"))
    edges.append(edge("users", "dns", "", EdgeKind.DNS))
    for name, region in (("a", "eu-west-1"), ("b", "us-east-1")):
        zones = [f"{region}{z}" for z in "ab"]
        containers += boxes(region, zones, [Tier.PUBLIC, Tier.PRIVATE, Tier.DATA], prefix=name, cloud=name == "a")
        spread = {"zones": tuple(zones), "placement": Placement.IN}
        nodes += [
            node(
                f"alb-{name}",
                Kind.LOAD_BALANCER,
                service="Application Load Balancer",
                icon="aws/elb/application",
                container=f"{name}-public",
                tier=Tier.PUBLIC,
                **spread,
            ),
            node(
                f"ecs-{name}",
                Kind.SERVICE,
                service="ECS service",
                icon="aws/ecs/service",
                container=f"{name}-private",
                tier=Tier.PRIVATE,
                **spread,
            ),
            node(
                f"db-{name}",
                Kind.DATABASE,
                service="Aurora PostgreSQL",
                icon="aws/aurora",
                container=f"{name}-data",
                tier=Tier.DATA,
                **spread,
            ),
            node(f"bucket-{name}", Kind.BUCKET, service="S3", icon="aws/s3", container=region, tier=Tier.STORAGE),
        ]
        edges += [
            edge("users", f"alb-{name}", "HTTPS 443"),
            edge(f"alb-{name}", f"ecs-{name}", "8080"),
            edge("dns", f"alb-{name}", "", EdgeKind.DNS),
            edge(f"ecs-{name}", f"db-{name}", "5432"),
            edge(f"ecs-{name}", f"bucket-{name}", "s3:PutObject", EdgeKind.GRANT),
        ]
    edges += [
        edge("db-a", "db-b", "global database", EdgeKind.REPLICATION),
        edge("bucket-a", "bucket-b", "replication", EdgeKind.REPLICATION),
    ]
    return finish("two-regions", nodes, containers, edges)


def hostile() -> Model:
    zones = ["a"]
    containers = boxes("<region>", zones, [Tier.PRIVATE], prefix="x")
    nodes = [
        node("users", Kind.USERS, tier=Tier.OUTSIDE, label=HOSTILE),
        node(
            "long",
            Kind.SERVICE,
            label="n" * 300,
            service=HOSTILE,
            container="x-private-a",
            tier=Tier.PRIVATE,
            zones=("a",),
            details=("d" * 300, ARABIC),
        ),
        node("rtl", Kind.DATABASE, label=ARABIC, container="x-private-a", tier=Tier.PRIVATE, zones=("a",)),
        node("strange", Kind.UNKNOWN, type="x:y:Z", label="ünïcödé 名前 " * 9, container="<region>"),
    ]
    edges = [edge("users", "long", HOSTILE), edge("long", "rtl", "9" * 200), edge("long", "strange", ARABIC * 5)]
    return finish(HOSTILE, nodes, containers, edges, unknown=("urn::strange",))


def many_zones() -> Model:
    zones = [f"us-east-1{z}" for z in "abcdef"]
    containers = boxes("us-east-1", zones, [Tier.PUBLIC, Tier.PRIVATE])
    nodes = [node("users", Kind.USERS, tier=Tier.OUTSIDE)]
    edges = list[Edge]()
    for n in range(8):
        nodes.append(
            node(
                f"svc-{n}",
                Kind.SERVICE,
                service=f"service {n}",
                icon="aws/ecs/service",
                tier=Tier.PRIVATE,
                container="net-private",
                zones=tuple(zones[: 2 + n % 5]),
                placement=Placement.IN,
            )
        )
        edges += [edge(f"svc-{n}", f"svc-{m}", f"{8000 + m}") for m in range(8) if (n + m) % 3 == 1]
    nodes += [
        node(
            f"vm-{n}",
            Kind.INSTANCE,
            service=f"machine {n}",
            icon="aws/ec2/instance",
            tier=Tier.PRIVATE,
            container=f"net-private-{zones[n % 6]}",
            zones=(zones[n % 6],),
        )
        for n in range(9)
    ]
    edges += [edge("users", "svc-0", "443"), edge("svc-7", "vm-3", "22"), edge("vm-0", "svc-1", "81, 82, 83, 84")]
    return finish("six-zones", nodes, containers, edges)


MODELS: dict[str, Callable[[], Model]] = {
    "three-tier": three_tier,
    "serverless": serverless,
    "docker-web": docker_web,
    "docker-60": docker_many,
    "docker-mixed": lambda: docker_many(40, mixed=True),
    "two-regions": two_regions,
    "hostile": hostile,
    "six-zones": many_zones,
    "empty": lambda: finish("empty", [], [], []),
}


@pytest.fixture(params=sorted(MODELS))
def model(request: pytest.FixtureRequest) -> Model:
    return MODELS[request.param]()
