"""What AWS realisations tell each other."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi


@dataclass(frozen=True, kw_only=True)
class AwsAccess:
    """How another component gets in.

    Args:
        security_group_id: The group that guards it; who is linked is let in by a rule of this group.
        port: TCP port.
        statements: IAM statements that a linked service's role needs.
        secret_arn: Where its credentials are; None where it has none.

    """

    security_group_id: pulumi.Input[str]
    port: int
    statements: Sequence[Mapping[str, Any]] = field(default_factory=tuple[Mapping[str, Any], ...])
    secret_arn: pulumi.Input[str] | None = None


class AwsReachable(ABC):
    """A component that lets linked services in."""

    @property
    @abstractmethod
    def access(self) -> AwsAccess: ...


class AwsMigratable(ABC):
    """A database whose schema a step of the deployment changes."""

    @property
    @abstractmethod
    def migration_access(self) -> AwsAccess:
        """The way in past any pool, with the secret of who owns the schema."""

    @property
    @abstractmethod
    def migration_ca_file(self) -> str:
        """Who has to have signed the certificate that is met there."""


class AwsPlacement(ABC):
    """The network that components are placed in: a VPC over several zones.

    Each list has one subnet per zone, in the order of `zones`.
    """

    @property
    @abstractmethod
    def vpc_id(self) -> pulumi.Output[str]: ...

    @property
    @abstractmethod
    def zones(self) -> Sequence[pulumi.Input[str]]: ...

    @property
    @abstractmethod
    def public_subnet_ids(self) -> Sequence[pulumi.Output[str]]: ...

    @property
    @abstractmethod
    def private_subnet_ids(self) -> Sequence[pulumi.Output[str]]: ...

    @property
    @abstractmethod
    def data_subnet_ids(self) -> Sequence[pulumi.Output[str]]: ...


class AwsPullable(ABC):
    """An image that instances pull.

    Plain texts, since they decide which permissions a service's role gets.
    """

    @property
    @abstractmethod
    def registry(self) -> str:
        """The registry's host."""

    @property
    @abstractmethod
    def repository_arn(self) -> str | None:
        """The Amazon ECR repository that a role must be allowed to pull from; None for any other registry."""


class AwsBackend(AwsReachable):
    """What a load balancer forwards to."""

    @property
    @abstractmethod
    def target_group_arn(self) -> pulumi.Output[str]: ...

    @property
    @abstractmethod
    def target_group_arn_suffix(self) -> pulumi.Output[str]: ...

    @property
    @abstractmethod
    def scaling_group_name(self) -> pulumi.Output[str]: ...

    @property
    @abstractmethod
    def requests_per_replica_per_minute(self) -> int | None: ...

    @property
    @abstractmethod
    def scale_in(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class AwsBucket:
    """A bucket whose only policy is written by the one who reads it: S3 takes one policy a bucket.

    Args:
        id: Its name.
        arn: Its ARN.
        settled: What must be there before its policy: two changes of a bucket's access at once fail.

    """

    id: pulumi.Output[str]
    arn: pulumi.Output[str]
    settled: pulumi.Resource


@dataclass(frozen=True, kw_only=True)
class AwsOriginAddress:
    """Where CloudFront finds an origin, and how it gets in.

    Args:
        domain_name: Host to connect to.
        https: Whether the origin has a certificate for that name.
        private_load_balancer_arn: An internal load balancer, reached inside the VPC; None: over the Internet.
        security_group_id: Guards the internal load balancer.
        bucket: Set where the origin is a bucket, which is read with signed requests.

    """

    domain_name: pulumi.Input[str]
    https: bool
    private_load_balancer_arn: pulumi.Output[str] | None = None
    security_group_id: pulumi.Output[str] | None = None
    bucket: AwsBucket | None = None


class AwsOrigin(ABC):
    """What a CDN fetches from."""

    @property
    @abstractmethod
    def origin(self) -> AwsOriginAddress: ...


class AwsRestorable(ABC):
    """A database that a backup copies, and that restores are tried beside."""

    @property
    @abstractmethod
    def cluster_arn(self) -> pulumi.Output[str]: ...

    @property
    @abstractmethod
    def key_arn(self) -> pulumi.Output[str]:
        """The key that its storage, and so its copies of the same region, are encrypted with."""

    @property
    @abstractmethod
    def subnet_group_name(self) -> pulumi.Output[str]: ...

    @property
    @abstractmethod
    def restore_group_id(self) -> pulumi.Output[str]:
        """The security group of what is restored beside it."""
