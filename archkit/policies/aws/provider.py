"""What the provider takes without a word and does not do as it was meant: traps of pulumi-aws 7."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archkit.graph import Graph
from archkit.policies.aws.autoscaling import GROUP, POLICY, specifications
from archkit.policies.aws.ec2 import TEMPLATE
from archkit.policies.aws.elasticache import GROUP as REPLICATION_GROUP
from archkit.policies.aws.rds import CLUSTER, INSTANCE
from archkit.policies.aws.s3 import BUCKET
from archkit.policies.model import Problem, policy
from archkit.policies.read import is_true, literal, obj, objects, sources

_PROVIDER = "provider documentation of {}"
# Each has a resource of its own since version 4 of the provider; the inline form fights with it at every deployment.
_INLINE = (
    "accelerationStatus",
    "acl",
    "corsRules",
    "grants",
    "lifecycleRules",
    "loggings",
    "logging",
    "objectLockConfiguration",
    "policy",
    "replicationConfiguration",
    "requestPayer",
    "serverSideEncryptionConfiguration",
    "versioning",
    "website",
)


@policy(
    "aws-autoscaling-desired-capacity",
    title="Who scales a group decides how many instances run",
    source=_PROVIDER.format("autoscaling.Group"),
)
def desired_capacity(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(POLICY):
        named = literal(one.inputs.get("autoscalingGroupName"))
        for group in graph.of_type(GROUP):
            scaled = (named is not None and named == literal(group.inputs.get("name"))) or group in sources(
                graph, one, "autoscalingGroupName", GROUP
            )
            if scaled and group.inputs.get("desiredCapacity") is not None:
                yield Problem(
                    resource=group,
                    reason=f"desiredCapacity: every deployment would undo what {one.name} scaled, "
                    f"got {group.inputs['desiredCapacity']}",
                    remedy="leave it out: the minimum is where a group begins",
                )


@policy(
    "aws-autoscaling-refresh-version",
    title="A new version of a launch template starts the instance refresh",
    source=_PROVIDER.format("autoscaling.Group, instance_refresh"),
)
def refresh_version(graph: Graph) -> Iterator[Problem]:
    for group in graph.of_type(GROUP):
        if not group.inputs.get("instanceRefresh"):
            continue
        for specification in specifications(group):
            version = specification.get("version")
            if version in (None, "$Latest", "$Default"):
                yield Problem(
                    resource=group,
                    reason=f"launchTemplate.version: never changes, so no refresh ever starts, got {version!r}",
                    remedy="pass the template's `latest_version` output",
                )


@policy(
    "aws-autoscaling-tags",
    title="Instances carry tags of their group",
    source=_PROVIDER.format("autoscaling.Group, tag; default tags do not reach instances"),
)
def group_tags(graph: Graph) -> Iterator[Problem]:
    for group in graph.of_type(GROUP):
        if not any(is_true(tag.get("propagateAtLaunch")) for tag in objects(group.inputs.get("tags"))):
            yield Problem(
                resource=group,
                reason="tags: none is propagated at launch, and the provider's default tags do not reach instances",
                remedy="add tags with propagate_at_launch=True",
            )


@policy(
    "aws-ec2-template-text",
    title="Switches of a launch template are written as text",
    source=_PROVIDER.format("ec2.LaunchTemplate"),
)
def template_text(graph: Graph) -> Iterator[Problem]:
    for template in graph.of_type(TEMPLATE):
        for place, value in _switches(template.inputs):
            if isinstance(value, bool):
                yield Problem(
                    resource=template,
                    reason=f"{place}: must be text, got {value}; it would differ at every preview",
                    remedy=f'write "{str(value).lower()}"',
                )


def _switches(inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "ebsOptimized", inputs.get("ebsOptimized")
    for index, mapping in enumerate(objects(inputs.get("blockDeviceMappings"))):
        for key in ("encrypted", "deleteOnTermination"):
            yield f"blockDeviceMappings[{index}].ebs.{key}", obj(mapping.get("ebs")).get(key)
    for index, interface in enumerate(objects(inputs.get("networkInterfaces"))):
        for key in ("associatePublicIpAddress", "associateCarrierIpAddress", "deleteOnTermination"):
            yield f"networkInterfaces[{index}].{key}", interface.get(key)


@policy(
    "aws-s3-inline-settings",
    title="Settings of a bucket are resources of their own",
    source=_PROVIDER.format("s3.Bucket"),
)
def inline_settings(graph: Graph) -> Iterator[Problem]:
    for bucket in graph.of_type(BUCKET):
        inline = [key for key in _INLINE if bucket.inputs.get(key) is not None]
        if inline:
            yield Problem(
                resource=bucket,
                reason=f"{', '.join(inline)}: is deprecated inside the bucket",
                remedy="use BucketVersioning, BucketServerSideEncryptionConfiguration and so on",
            )


@policy(
    "aws-elasticache-valkey-group",
    title="Valkey runs as a replication group",
    source=_PROVIDER.format("elasticache.Cluster, engine: memcached or redis"),
)
def valkey_group(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type("aws:elasticache/cluster:Cluster"):
        if literal(one.inputs.get("engine")) == "valkey" and one.inputs.get("replicationGroupId") is None:
            yield Problem(
                resource=one,
                reason="engine: must be memcached or redis on a node of its own, got valkey; nothing could fail over",
                remedy="use elasticache.ReplicationGroup",
            )


@policy(
    "aws-elasticache-token-rotation",
    title="A token says how it is replaced",
    source=_PROVIDER.format("elasticache.ReplicationGroup, auth_token_update_strategy"),
)
def token_rotation(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type(REPLICATION_GROUP):
        given = one.inputs.get("authToken") or one.inputs.get("authTokenWo")
        strategy = literal(one.inputs.get("authTokenUpdateStrategy"))
        if given and not one.inputs.get("authTokenUpdateStrategy"):
            yield Problem(
                resource=one,
                reason="authTokenUpdateStrategy: must be given with a token, got nothing; AWS would take ROTATE, and "
                "the old token stays valid until somebody deploys SET",
                remedy="write ROTATE, and SET once every client has the new token",
            )
        if given and strategy == "DELETE":
            yield Problem(
                resource=one,
                reason="authTokenUpdateStrategy: must be SET or ROTATE with a token, got DELETE; it takes the "
                "token away",
                remedy="leave the token out with DELETE",
            )


@policy(
    "aws-rds-password-in-state",
    title="RDS makes the master password and keeps it in Secrets Manager",
    source="Amazon RDS User Guide, Password management with Amazon RDS and AWS Secrets Manager",
)
def master_password(graph: Graph) -> Iterator[Problem]:
    keys = ((CLUSTER, "masterPassword"), (INSTANCE, "password"))
    for one, key in ((one, key) for type_, key in keys for one in graph.of_type(type_)):
        if one.inputs.get(key):
            yield Problem(
                resource=one,
                reason=f"{key}: is kept in the state, and nobody rotates it",
                remedy="set manage_master_user_password=True, or give it by the write-only input",
            )


@policy(
    "aws-cloudfront-origin-access",
    title="Buckets are reached by origin access control",
    source="Amazon CloudFront Developer Guide, Restrict access to an Amazon S3 origin",
)
def origin_access(graph: Graph) -> Iterator[Problem]:
    for one in graph.of_type("aws:cloudfront/originAccessIdentity:OriginAccessIdentity"):
        yield Problem(
            resource=one,
            reason="an origin access identity is the older way: no SSE-KMS, no newer region",
            remedy="use cloudfront.OriginAccessControl",
        )
