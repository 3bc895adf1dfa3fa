"""Amazon S3."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archkit.graph import Graph, Resource
from archkit.policies.model import Problem, policy
from archkit.policies.read import is_true, literal, obj, objects, sources

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_SETTINGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_GUIDE = "Amazon S3 User Guide"


def encryption_of(graph: Graph, bucket: Resource) -> list[Resource]:
    """The encryption settings of a bucket."""
    return [one for one in graph.of_type(ENCRYPTION) if _is_of(graph, one, bucket)]


def _is_of(graph: Graph, one: Resource, bucket: Resource) -> bool:
    name = literal(bucket.inputs.get("bucket"))
    return bucket in sources(graph, one, "bucket", BUCKET) or (name is not None and one.inputs.get("bucket") == name)


@policy("aws-s3-bucket-name", title="Bucket names are valid", source=f"{_GUIDE}, Bucket naming rules")
def bucket_name(graph: Graph) -> Iterator[Problem]:
    for bucket in graph.of_type(BUCKET):
        name = literal(bucket.inputs.get("bucket"))
        if name is not None and not re.fullmatch(r"[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]", name):
            yield Problem(
                resource=bucket,
                reason=f"bucket: must be 3 to 63 lower-case letters, digits, dots and hyphens, got {name!r}",
                remedy="write it in lower case",
            )


@policy("aws-s3-public-access", title="Buckets block public access", source=f"{_GUIDE}, Blocking public access")
def public_access(graph: Graph) -> Iterator[Problem]:
    for bucket in graph.of_type(BUCKET):
        blocks = [one for one in graph.of_type(BLOCK) if _is_of(graph, one, bucket)]
        missing = [key for key in _SETTINGS if not any(is_true(one.inputs.get(key)) for one in blocks)]
        if missing:
            yield Problem(
                resource=bucket,
                reason=f"public access is not blocked: {', '.join(missing)}",
                remedy="add a BucketPublicAccessBlock with all four settings on",
            )
        if str(bucket.inputs.get("acl")).startswith("public"):
            yield Problem(resource=bucket, reason=f"acl: is {bucket.inputs['acl']}", remedy="leave the ACL out")


@policy(
    "aws-s3-encryption", title="Buckets state their encryption", source=f"{_GUIDE}, Protecting data with encryption"
)
def encryption(graph: Graph) -> Iterator[Problem]:
    for bucket in graph.of_type(BUCKET):
        if not encryption_of(graph, bucket):
            yield Problem(
                resource=bucket,
                reason="has no encryption configuration",
                remedy="add a BucketServerSideEncryptionConfiguration (AES256, or aws:kms with a key)",
            )


def algorithms(one: Resource) -> list[str]:
    """The algorithms of an encryption configuration."""
    rules = objects(one.inputs.get("rules"))
    return [str(obj(rule.get("applyServerSideEncryptionByDefault")).get("sseAlgorithm")) for rule in rules]
