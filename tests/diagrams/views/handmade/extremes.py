"""What is wide, or meant to break a view."""

from __future__ import annotations

from handmade.base import ARABIC, HOSTILE, boxes, edge, finish, node
from topology.kinds import EdgeKind, Kind, Placement, Tier
from topology.model import Model
from topology.parts import Container, Edge, Node


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
