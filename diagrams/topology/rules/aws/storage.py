"""Buckets and file systems, and what leaves them."""

from __future__ import annotations

from archkit.graph import Resource
from topology.draft.draft import Draft, describe
from topology.draft.facts import items, text
from topology.draft.parts import DraftAccess, DraftNode
from topology.kinds import EdgeKind, Kind, Placement, Tier
from topology.parts import Member
from topology.rules.aws.security import statements
from topology.rules.rule import Role, Rule, folded


def flow_bucket_replication(draft: Draft, resource: Resource) -> None:
    """Replication of a bucket to another."""
    facts = draft.facts
    for index, rule in enumerate(items(resource.inputs, "rules")):
        del rule
        for source in draft.homes(facts.linked(resource, "bucket")):
            for target in draft.homes(facts.linked(resource, f"rules[{index}].destination.bucket")):
                draft.connect(source, target, EdgeKind.REPLICATION, "replication", resource)


def flow_bucket_logging(draft: Draft, resource: Resource) -> None:
    """Where a bucket writes its access log."""
    for source in draft.homes(draft.facts.linked(resource, "bucket")):
        for target in draft.homes(draft.facts.linked(resource, "targetBucket")):
            draft.connect(source, target, EdgeKind.TELEMETRY, "access log", resource)


def flow_notification(draft: Draft, resource: Resource) -> None:
    """Who hears of new objects in a bucket."""
    facts = draft.facts
    for source in draft.homes(facts.linked(resource, "bucket")):
        for target in draft.homes(facts.linked(resource, "lambdaFunctions", "queues", "topics")):
            draft.connect(source, target, EdgeKind.EVENT, "object events", resource)


def shape_bucket(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """A bucket's own name, where it is given."""
    if (name := text(resource.inputs, "bucket")) and name != resource.name:
        node.details[name] = None


def shape_files(draft: Draft, node: DraftNode, resource: Resource) -> None:
    """Mount targets of a file system, with their zones."""
    for part in draft.parts.get(resource.urn, ()):
        for subnet in draft.facts.linked(part, "subnetId"):
            box = draft.containers.get(draft.box.get(subnet.urn, ""))
            if box is not None:
                node.networks[box.id] = None
                node.members.append(
                    Member(id=draft.ids[part.urn], label=part.name, zone=box.zone, role="mount target", urn=part.urn)
                )
                node.placement = Placement.IN


def flow_access(draft: Draft, resource: Resource) -> None:
    """Says that a bucket's policy lets a distribution read it: evidence for that arrow, not another one."""
    facts = draft.facts
    for bucket in draft.homes(facts.linked(resource, "bucket")):
        for reader in draft.homes(facts.linked(resource, "policy")):
            if (reader, bucket, EdgeKind.TRAFFIC) in draft.edges:
                draft.connect(reader, bucket, EdgeKind.TRAFFIC, "", resource, why=f"{describe(resource)} lets it read")
        for reader, actions in _admitted(draft, resource, bucket).items():
            named = ", ".join(actions)
            why = f"{describe(resource)} allows {named}"
            draft.accesses.append(
                DraftAccess(
                    source=reader, target=bucket, source_text="", ports=named, world=False, urn=resource.urn, why=why
                )
            )


def _admitted(draft: Draft, policy: Resource, bucket: str) -> dict[str, dict[str, None]]:
    """Who is named in the conditions or principals of a bucket's policy, and what each may do."""
    found: dict[str, dict[str, None]] = {}
    for at, actions in statements(policy.inputs.get("policy")):
        places = (f"policy.{at}.Condition", f"policy.{at}.Principal")
        for reader in draft.homes(draft.facts.linked(policy, *places)):
            if reader != bucket:
                found.setdefault(reader, {}).update(dict.fromkeys(actions))
    return found


_BUCKET_PARTS = (
    "bucketVersioning:BucketVersioning",
    "bucketVersioningV2:BucketVersioningV2",
    "bucketPublicAccessBlock:BucketPublicAccessBlock",
    "bucketOwnershipControls:BucketOwnershipControls",
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
    "bucketAcl:BucketAcl",
    "bucketCorsConfiguration:BucketCorsConfiguration",
    "bucketWebsiteConfiguration:BucketWebsiteConfiguration",
    "bucketObject:BucketObject",
    "bucketObjectv2:BucketObjectv2",
    "bucketMetric:BucketMetric",
    "bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
    "bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "bucketRequestPaymentConfiguration:BucketRequestPaymentConfiguration",
    "bucketAccelerateConfiguration:BucketAccelerateConfiguration",
)
_BUCKET = Rule(
    role=Role.PRIMARY, kind=Kind.BUCKET, service="S3 bucket", icon="aws/s3", tier=Tier.STORAGE, shape=shape_bucket
)
RULES: dict[str, Rule] = {
    **dict.fromkeys(("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"), _BUCKET),
    **{f"aws:s3/{part}": folded("bucket") for part in _BUCKET_PARTS},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": folded(
        "bucket", carries=("rules",)
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Rule(role=Role.CONNECTOR, of=("bucket",), flow=flow_access),
    **dict.fromkeys(
        (
            "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
            "aws:s3/bucketReplicationConfiguration:BucketReplicationConfiguration",
        ),
        Rule(role=Role.CONNECTOR, of=("bucket",), carries=("role",), flow=flow_bucket_replication),
    ),
    "aws:s3/bucketLogging:BucketLogging": Rule(role=Role.CONNECTOR, of=("bucket",), flow=flow_bucket_logging),
    "aws:s3/bucketNotification:BucketNotification": Rule(role=Role.CONNECTOR, of=("bucket",), flow=flow_notification),
    "aws:efs/fileSystem:FileSystem": Rule(
        role=Role.PRIMARY,
        kind=Kind.FILE_SYSTEM,
        service="EFS file system",
        icon="aws/efs",
        tier=Tier.DATA,
        carries=("kmsKeyId",),
        shape=shape_files,
    ),
    "aws:efs/mountTarget:MountTarget": Rule(role=Role.PART, of=("fileSystemId",), carries=("securityGroups",)),
    "aws:efs/accessPoint:AccessPoint": folded("fileSystemId"),
    "aws:efs/backupPolicy:BackupPolicy": folded("fileSystemId"),
}
