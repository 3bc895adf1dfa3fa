"""What drawing costs: the model and all views by size, against the `diagrams` package with its defaults."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import graphviz
from diagrams.aws.general import General
from topology.derive import derive
from topology.views import bundle

import diagrams
from archkit.bench.rows import Row, spread
from archkit.graph import Graph, Reference, Resource

SIZES = (100, 1000)
LIMIT_SECONDS = {100: 0.5, 1000: 3.0}
"""What the model and all five views of so many resources may take."""
LINEAR_WITHIN = 1.3
"""How much more than ten times 100 resources 1000 may take."""
FASTER_THAN_DEFAULTS = 20.0
"""How many times faster than the same resources, drawn one by one with the `diagrams` package's defaults."""
PLAIN_SECONDS = 300.0
"""When the `diagrams` package's own drawing is given up."""


def measure(*, repeats: int = 5, plain: bool = True, limit: float = PLAIN_SECONDS) -> list[Row]:
    """What drawing costs, and how much less that is than with the `diagrams` package's defaults.

    Args:
        repeats: Runs of each size; the median counts for the targets.
        plain: Measure the `diagrams` package too: minutes.
        limit: When its drawing is given up, seconds; the row then says `at least`.

    """
    draw(application(20))  # what is loaded once per process is not part of it
    taken = {size: _timed(application(size), repeats) for size in SIZES}
    middle = {size: median(seconds) for size, seconds in taken.items()}
    rows = [
        Row(
            what=f"model and five views of {size} resources, s",
            target=f"<= {LIMIT_SECONDS[size]:g}",
            measured=f"{middle[size]:.2f}",
            met=middle[size] <= LIMIT_SECONDS[size],
            n=repeats,
            spread=spread(taken[size], 2),
            note="after the program has run",
        )
        for size in SIZES
    ]
    small, large = SIZES[0], SIZES[-1]
    growth = middle[large] / (middle[small] * large / small)
    rows.append(
        Row(
            what=f"{large} resources against {small}, times linear",
            target=f"<= {LINEAR_WITHIN:g}",
            measured=f"{growth:.2f}",
            met=growth <= LINEAR_WITHIN,
            n=repeats,
        )
    )
    return [*rows, _against_defaults(middle[large], limit)] if plain else rows


def _against_defaults(ours: float, limit: float) -> Row:
    seconds, complete = by_resource(application(SIZES[-1]), limit=limit)
    faster = seconds / ours
    return Row(
        what=f"{SIZES[-1]} resources against the diagrams package's defaults, times faster",
        target=f">= {FASTER_THAN_DEFAULTS:g}",
        measured=f"{'' if complete else 'at least '}{faster:.0f}",
        met=faster >= FASTER_THAN_DEFAULTS,
        n=1,
        note=f"{seconds:.1f} s for one node a resource{'' if complete else ', then given up'}",
    )


def draw(graph: Graph) -> bundle.Bundle:
    """The model and all five views, as SVG."""
    return bundle.build(derive(graph), "", formats=["svg"])


def _timed(graph: Graph, repeats: int) -> list[float]:
    found: list[float] = []
    for _ in range(repeats):
        began = perf_counter()
        draw(graph)
        found.append(perf_counter() - began)
    return found


def by_resource(graph: Graph, *, limit: float = PLAIN_SECONDS) -> tuple[float, bool]:
    """Seconds that a node a resource takes with the package's defaults, and whether it was finished by the limit."""
    with TemporaryDirectory() as folder:
        began = perf_counter()
        drawing = diagrams.Diagram("plain", filename=str(Path(folder) / "plain"), show=False)
        diagrams.setdiagram(drawing)
        try:
            nodes = {one.urn: General(one.name) for one in graph.resources}
            for one in graph.resources:
                for reference in one.references:
                    drawing.connect(nodes[one.urn], nodes[reference.urn], diagrams.Edge(forward=True))
        finally:
            diagrams.setdiagram(None)  # pyright: ignore[reportArgumentType]
        complete = _laid_out(drawing.dot, limit)
        return perf_counter() - began, complete


def _laid_out(dot: graphviz.Digraph, limit: float) -> bool:
    """Runs Graphviz itself: the package of that name has no way to give up."""
    try:
        subprocess.run(["dot", "-Tpng"], input=dot.source.encode(), capture_output=True, check=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return False
    return True


def application(size: int) -> Graph:
    """A three-tier application with as many services as `size` resources take; equal for equal sizes."""
    resources = list(_shared())
    number = 0
    while len(resources) < size:
        number += 1
        resources += _service(number)
    kept = tuple(sorted(resources[:size], key=lambda one: one.urn))
    known = {one.urn for one in kept}
    if any(reference.urn not in known for one in kept for reference in one.references):
        message = "a resource refers to one that was cut off; services must list what they need first"
        raise RuntimeError(message)
    return Graph(project="archkit", stack=f"bench-{size}", resources=kept)


def _resource(type_: str, name: str, inputs: dict[str, object], uses: dict[str, tuple[str, str]]) -> Resource:
    references: list[Reference] = []
    for path, (urn, output) in sorted(uses.items()):
        target = "/".join(urn.rsplit("::", 2)[1:])
        top, _, rest = path.partition("[")
        value = f"mock://{target}#{output}"
        before = inputs.get(top)
        inputs[top] = [*(before if isinstance(before, list) else []), value] if rest else value
        references.append(Reference(path=path, urn=urn, output=output))
    reads = {one.path.partition("[")[0]: (one.urn,) for one in references}
    return Resource(
        urn=_urn(type_, name), type=type_, name=name, inputs=inputs, reads=reads, references=tuple(references)
    )


def _urn(type_: str, name: str) -> str:
    return f"urn:pulumi:bench::archkit::{type_}::{name}"


VPC = _urn("aws:ec2/vpc:Vpc", "net")
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
SUBNET = "aws:ec2/subnet:Subnet"


def _shared() -> Iterator[Resource]:
    yield _resource("aws:ec2/vpc:Vpc", "net", {"cidrBlock": "10.0.0.0/16"}, {})
    for place, zone in enumerate(ZONES):
        inputs: dict[str, object] = {"cidrBlock": f"10.0.{place}.0/24", "availabilityZone": zone}
        yield _resource(SUBNET, f"net-{place}", inputs, {"vpcId": (VPC, "id")})
    yield _resource("aws:s3/bucket:Bucket", "media", {}, {})


def _service(number: int) -> Iterator[Resource]:
    """Instances behind a load balancer, with a queue and a table: 12 resources; 1.6 uses each (`web-aws`: 1.5)."""
    name = f"s{number:04}"
    group = "aws:ec2/securityGroup:SecurityGroup"
    rule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    vpc = {"vpcId": (VPC, "id")}
    yield _resource(group, f"{name}-edge", {}, dict(vpc))
    yield _resource(group, f"{name}-app", {}, dict(vpc))
    ports: dict[str, object] = {"fromPort": 8080, "toPort": 8080, "ipProtocol": "tcp"}
    ends = {"securityGroupId": f"{name}-app", "referencedSecurityGroupId": f"{name}-edge"}
    yield _resource(rule, name, ports, {key: (_urn(group, one), "id") for key, one in ends.items()})
    subnets = {f"subnets[{place}]": (_urn(SUBNET, f"net-{place}"), "id") for place in range(len(ZONES))}
    edge = {**subnets, "securityGroups[0]": (_urn(group, f"{name}-edge"), "id")}
    yield _resource("aws:lb/loadBalancer:LoadBalancer", name, {"loadBalancerType": "application"}, edge)
    target = "aws:lb/targetGroup:TargetGroup"
    yield _resource(target, name, {"port": 8080, "protocol": "HTTP"}, dict(vpc))
    uses = {
        "loadBalancerArn": (_urn("aws:lb/loadBalancer:LoadBalancer", name), "arn"),
        "defaultActions[0].targetGroupArn": (_urn(target, name), "arn"),
    }
    yield _resource("aws:lb/listener:Listener", name, {"port": 80}, uses)
    for place in range(2):
        at = (number + place) % len(ZONES)
        uses = {
            "subnetId": (_urn(SUBNET, f"net-{at}"), "id"),
            "vpcSecurityGroupIds[0]": (_urn(group, f"{name}-app"), "id"),
        }
        machine = f"{name}-{place}"
        yield _resource("aws:ec2/instance:Instance", machine, {"instanceType": "m7g.large"}, uses)
        joins = {
            "targetGroupArn": (_urn(target, name), "arn"),
            "targetId": (_urn("aws:ec2/instance:Instance", machine), "id"),
        }
        yield _resource("aws:lb/targetGroupAttachment:TargetGroupAttachment", machine, {"port": 8080}, joins)
    yield _resource("aws:sqs/queue:Queue", name, {}, {})
    yield _resource("aws:dynamodb/table:Table", name, {"billingMode": "PAY_PER_REQUEST"}, {})
