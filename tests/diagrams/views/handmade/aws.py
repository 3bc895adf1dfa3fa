"""Designs on AWS, made by hand."""

from __future__ import annotations

from handmade.base import boxes, edge, finish, node
from topology.kinds import ContainerKind, EdgeKind, Kind, Placement, Tier
from topology.model import Model
from topology.parts import Access, Badge, Container, Evidence, Member


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
