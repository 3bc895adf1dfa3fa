"""AWS Lambda."""

from __future__ import annotations

from collections.abc import Iterator

from archkit.graph import Graph
from archkit.policies.model import Problem, policy
from archkit.policies.read import number, obj, sources, statements, texts

FUNCTION = "aws:lambda/function:Function"
LONGEST_SECONDS = 900
LEAST_MEGABYTES, MOST_MEGABYTES = 128, 10_240
INTERFACES = ("AWSLambdaENIManagementAccess", "AWSLambdaVPCAccessExecutionRole")


@policy(
    "aws-lambda-package",
    title="A function has what its kind of package takes, and limits that there are",
    source="AWS Lambda API Reference, CreateFunction; quotas",
)
def package(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(FUNCTION):
        image = one.inputs.get("packageType") == "Image"
        if image and (wrong := [key for key in ("handler", "runtime", "layers") if one.inputs.get(key)]):
            yield Problem(
                resource=one,
                reason=f"{', '.join(wrong)}: must be left out of a function from an image",
                remedy="the image has its own",
            )
        if not image and not (one.inputs.get("handler") and one.inputs.get("runtime")):
            yield Problem(
                resource=one,
                reason="handler, runtime: must be given for a function from an archive",
                remedy="name both, or a package_type of Image",
            )
        for key, low, high in (
            ("timeout", 1, LONGEST_SECONDS),
            ("memorySize", LEAST_MEGABYTES, MOST_MEGABYTES),
        ):
            stated = number(one.inputs.get(key))
            if stated is not None and not low <= stated <= high:
                yield Problem(
                    resource=one, reason=f"{key}: must be {low} to {high}, got {stated:g}", remedy="take a value within"
                )


@policy(
    "aws-lambda-network",
    title="A function in a VPC may make its interfaces",
    source="AWS Lambda Developer Guide, Giving Lambda functions access to resources in an Amazon VPC",
)
def network(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(FUNCTION):
        if not texts(obj(one.inputs.get("vpcConfig")).get("subnetIds")):
            continue
        roles = {role.urn for role in sources(graph, one, "role", "aws:iam/role:Role")}
        if roles and not _may_make_interfaces(graph, roles):
            yield Problem(
                resource=one,
                reason="role: must be allowed to make network interfaces where vpcConfig names subnets",
                remedy=f"attach {INTERFACES[0]} or {INTERFACES[1]}",
            )


def _may_make_interfaces(graph: Graph, roles: set[str]) -> bool:
    for one in graph.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        arn = one.inputs.get("policyArn")
        if roles & set(one.reads.get("role", ())) and isinstance(arn, str) and arn.endswith(INTERFACES):
            return True
    return any(
        "ec2:CreateNetworkInterface" in texts(part.get("Action"))
        for one in graph.of_type("aws:iam/rolePolicy:RolePolicy")
        if roles & set(one.reads.get("role", ()))
        for part in statements(one.inputs.get("policy"))
    )
