"""Elastic Load Balancing."""

from __future__ import annotations

from collections.abc import Iterator

from archkit.graph import Graph
from archkit.policies.aws.s3 import BUCKET, algorithms, encryption_of
from archkit.policies.model import Problem, policy
from archkit.policies.read import literal, sources

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
_GUIDE = "Elastic Load Balancing User Guide for Application Load Balancers"


@policy("aws-alb-subnets", title="An ALB has subnets in two zones", source=f"{_GUIDE}, Subnets")
def subnets(graph: Graph) -> Iterator[Problem]:
    for balancer in graph.of_type(BALANCER):
        given = balancer.inputs.get("subnets")
        kind = balancer.inputs.get("loadBalancerType") or "application"
        if kind == "application" and isinstance(given, list):
            count = len(set(map(str, given)))  # pyright: ignore[reportUnknownArgumentType]
            if count < 2:
                yield Problem(
                    resource=balancer,
                    reason=f"subnets: must be at least 2, in different zones, got {count}",
                    remedy="pass the public subnets of all zones",
                )


@policy("aws-alb-certificate", title="An HTTPS listener has a certificate", source=f"{_GUIDE}, HTTPS listeners")
def certificate(graph: Graph) -> Iterator[Problem]:
    for listener in graph.of_type(LISTENER):
        protocol = listener.inputs.get("protocol")
        if protocol in ("HTTPS", "TLS") and not listener.inputs.get("certificateArn"):
            yield Problem(
                resource=listener,
                reason=f"certificateArn: must be given on a listener of protocol {protocol}",
                remedy="pass a validated ACM certificate",
            )


@policy(
    "aws-alb-log-bucket-encryption",
    title="The bucket of an ALB's access logs is encrypted with SSE-S3",
    source=f"{_GUIDE}, Enable access logs",
)
def log_bucket(graph: Graph) -> Iterator[Problem]:
    for balancer in graph.of_type(BALANCER):
        names = {
            literal((balancer.inputs.get(key) or {}).get("bucket"))
            for key in ("accessLogs", "connectionLogs")
            if isinstance(balancer.inputs.get(key), dict)
        } - {None}
        buckets = [
            bucket
            for bucket in graph.of_type(BUCKET)
            if literal(bucket.inputs.get("bucket")) in names
            or bucket in sources(graph, balancer, "accessLogs", BUCKET)
            or bucket in sources(graph, balancer, "connectionLogs", BUCKET)
        ]
        for bucket in buckets:
            for one in encryption_of(graph, bucket):
                if any(algorithm != "AES256" for algorithm in algorithms(one)):
                    yield Problem(
                        resource=one,
                        reason=f"sseAlgorithm: {balancer.name} can write its logs only with AES256, "
                        f"got {', '.join(algorithms(one))}",
                        remedy="use AES256 for this bucket",
                    )
