"""AWS IAM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archkit.graph import Graph
from archkit.policies.model import Problem, policy
from archkit.policies.read import obj, objects, statements, texts

_PERMISSIONS = {
    "aws:iam/policy:Policy": "policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
}
_TRUSTS = {
    "aws:iam/role:Role": "assumeRolePolicy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
}
_GUIDE = "AWS IAM User Guide, Security best practices"


@policy("aws-iam-wildcard-action", title="No statement allows everything on everything", source=_GUIDE)
def wildcard_action(graph: Graph) -> Iterator[Problem]:
    for resource in graph.resources:
        documents = [resource.inputs.get(_PERMISSIONS[resource.type])] if resource.type in _PERMISSIONS else []
        if resource.type == "aws:iam/role:Role":
            documents += [one.get("policy") for one in objects(resource.inputs.get("inlinePolicies"))]
        for statement in (one for document in documents for one in statements(document)):
            wild = [action for action in texts(statement.get("Action")) if action == "*" or action.endswith(":*")]
            # A whole service on one resource is a decision, on every resource it is an oversight.
            if statement.get("Effect") == "Allow" and wild and "*" in texts(statement.get("Resource")):
                yield Problem(
                    resource=resource,
                    reason=f"a statement allows {', '.join(wild)} on every resource",
                    remedy="name the actions, or the resources",
                )
            elif statement.get("Effect") == "Allow" and "*" in wild:
                yield Problem(resource=resource, reason="a statement allows every action", remedy="name the actions")


@policy("aws-iam-wildcard-principal", title="No role, bucket, queue or topic trusts everybody", source=_GUIDE)
def wildcard_principal(graph: Graph) -> Iterator[Problem]:
    for resource in graph.resources:
        if resource.type not in _TRUSTS:
            continue
        for statement in statements(resource.inputs.get(_TRUSTS[resource.type])):
            if statement.get("Effect") == "Allow" and _everybody(statement) and not statement.get("Condition"):
                yield Problem(
                    resource=resource,
                    reason="a statement trusts every principal, without a condition",
                    remedy="name the principals, or add a condition",
                )


def _everybody(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    return principal == "*" or "*" in texts(obj(principal).get("AWS"))
