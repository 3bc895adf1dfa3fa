"""How long recording a design under mocks takes, by its size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter

import pulumi
import pulumi_aws as aws

from archkit.bench.rows import Row, spread
from archkit.recorder import record

SIZES = (50, 250, 1000)
LIMIT_MILLISECONDS = 10.0
"""What recording one resource may take."""
LINEAR_WITHIN = 1.3
"""How much more a resource may cost among 1000 than among 50."""


def measure(sizes: Sequence[int] = SIZES, *, repeats: int = 3) -> list[Row]:
    """One row a size; what is imported and looked up once per process is not part of it.

    Args:
        sizes: Resources in the program, multiples of 5.
        repeats: Runs of each size; the median counts.

    """
    record(_program(5))
    each = {size: [1000 * _timed(_program(size), size) / size for _ in range(repeats)] for size in sizes}
    rows = [
        Row(
            what=f"recording {size} resources under mocks, ms each",
            target=f"<= {LIMIT_MILLISECONDS:g}",
            measured=f"{median(figures):.1f}",
            met=median(figures) <= LIMIT_MILLISECONDS,
            n=repeats,
            spread=spread(figures),
        )
        for size, figures in each.items()
    ]
    growth = median(each[sizes[-1]]) / median(each[sizes[0]])
    linear = Row(
        what=f"recording {sizes[-1]} against {sizes[0]} resources, times linear",
        target=f"<= {LINEAR_WITHIN:g}",
        measured=f"{growth:.2f}",
        met=growth <= LINEAR_WITHIN,
        n=repeats,
    )
    return [*rows, linear]


def _timed(program: Callable[[], None], size: int) -> float:
    began = perf_counter()
    graph = record(program)
    seconds = perf_counter() - began
    if len(graph.resources) != size:
        message = f"{len(graph.resources)} resources were recorded, the program makes {size}"
        raise RuntimeError(message)
    return seconds


def _program(size: int) -> Callable[[], None]:
    """A program of networks with the usual mixture: plain inputs, references, JSON and text with several outputs."""

    def program() -> None:
        for index in range(size // 5):
            _part(f"part{index}")

    return program


def _part(name: str) -> None:
    part = pulumi.ComponentResource("bench:index:Part", name)
    below = pulumi.ResourceOptions(parent=part)
    vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block="10.0.0.0/16", tags={"Name": name}, opts=below)
    subnet = aws.ec2.Subnet(f"{name}-subnet", vpc_id=vpc.id, cidr_block="10.0.1.0/24", opts=below)
    group = aws.ec2.SecurityGroup(
        f"{name}-group",
        vpc_id=vpc.id,
        ingress=[
            aws.ec2.SecurityGroupIngressArgs(from_port=80, to_port=80, protocol="tcp", cidr_blocks=["10.0.0.0/8"])
        ],
        opts=below,
    )
    aws.iam.Policy(
        f"{name}-policy",
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": [vpc.arn, subnet.arn, group.arn]},
                ],
            }
        ),
        opts=below,
    )
