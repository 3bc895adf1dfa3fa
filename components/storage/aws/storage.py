"""Files in a private bucket."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.access import on_same_target
from components.access.aws import AwsBucket, AwsOrigin, AwsOriginAddress, AwsPlacement
from components.aws.log_bucket import LogBucket, log_bucket
from components.aws.private_bucket import private_bucket
from components.aws.tags import tags
from components.connect import Endpoint
from components.errors import refuse
from components.naming import Kind, auto_named, component_name
from components.network.contract import Network
from components.profile import Profile
from components.settings import AwsSettings
from components.storage.aws.replica import replicate
from components.storage.contract import Storage, StorageArgs
from components.storage.files import APPS, StoredFile, file_problems, stored_files

FILES, LOGS = "files", "access-logs"
NONCURRENT_DAYS = 90  # how long an overwritten or removed file can be brought back


class AwsStorage(Storage, AwsOrigin):
    """Amazon S3: private, encrypted, versioned. Only a CDN of the same design reads it, by signed requests over TLS.

    The bucket's policy is the CDN's part: S3 takes one policy a bucket, and it names the distribution that may read.
    Without a CDN nobody reads it but the account's own administrators.

    Cost: by the byte kept, each file in each of its versions; by the request of the CDN; a copy elsewhere doubles it.
    """

    def __init__(
        self,
        name: str,
        args: StorageArgs,
        *,
        settings: AwsSettings,
        network: Network,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse(_problems(name, args))
        super().__init__("archkit:aws:Storage", name, None, opts)
        on_same_target(AwsPlacement, network, wanted_by=f"storage {name!r}", role="network", target="aws")
        self._args = args
        self.bucket, self._versioning = private_bucket(
            self, FILES, removable=settings.profile is not Profile.PROD, noncurrent_days=NONCURRENT_DAYS
        )
        self.logs = self._access_logs(settings)
        self.replica = replicate(self, self.bucket, self._versioning, settings)
        self.files = [self._file(one) for one in stored_files(args)]
        self.register_outputs({"capability": "storage", "links": [], "prefix": args.prefix, "bucket": self.bucket.id})

    @property
    def prefix(self) -> str:
        return self._args.prefix

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(scheme="https", host=self.bucket.bucket_regional_domain_name, port=443)

    @property
    def origin(self) -> AwsOriginAddress:
        return AwsOriginAddress(
            domain_name=self.bucket.bucket_regional_domain_name,
            https=True,
            bucket=AwsBucket(id=self.bucket.id, arn=self.bucket.arn, settled=self._versioning),
        )

    def _access_logs(self, settings: AwsSettings) -> LogBucket:
        logs = log_bucket(self, LOGS, settings=settings, allow=_delivery)
        aws.s3.BucketLogging(
            self.part("logging"),
            bucket=self.bucket.id,
            target_bucket=logs.bucket.id,
            target_prefix=f"{self.component_name}/",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[logs.policy]),
        )
        return logs

    def _file(self, one: StoredFile) -> aws.s3.BucketObjectv2:
        # Relative, or a state of one machine would differ from that of another: the engine runs in `stacks/`.
        source = os.path.relpath(one.source, APPS.parent)
        return aws.s3.BucketObjectv2(
            self.part(f"file-{one.name}"),
            bucket=self.bucket.id,
            key=f"{self._args.prefix.removeprefix('/')}{one.name}",
            source=pulumi.FileAsset(source),
            source_hash=one.sha256,
            content_type=one.content_type,
            cache_control=one.cache_control,
            checksum_algorithm="SHA256",
            tags=tags(self, FILES),
            # What is there before it is versioned has no version; what is there before it is replicated, no copy.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[self._versioning, *([self.replica] if self.replica else [])]
            ),
        )


def _delivery(arn: str, account: str) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{arn}/*",
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        }
    ]


def _problems(name: str, args: StorageArgs) -> list[str | None]:
    path = f"storage/{name}"
    return [
        component_name(path, name),
        auto_named(path, f"{name}-{LOGS}", Kind.BUCKET),
        auto_named(path, f"{name}-replica", Kind.BUCKET),
        auto_named(path, f"{name}-replication", Kind.IAM_ROLE),
        *file_problems(name, args),
    ]
