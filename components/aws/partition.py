"""Partitions of AWS: which names a region's resources and hosts have."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Partition:
    """Args: `name` as in an ARN; `suffix`: domain of its services' hosts."""

    name: str
    suffix: str


def partition(region: str) -> Partition:
    """The partition of a region: `aws`, `aws-cn` or `aws-us-gov`.

    Source: AWS General Reference, "Amazon Resource Names (ARNs)".
    """
    if region.startswith("cn-"):
        return Partition(name="aws-cn", suffix="amazonaws.com.cn")
    if region.startswith("us-gov-"):
        return Partition(name="aws-us-gov", suffix="amazonaws.com")
    return Partition(name="aws", suffix="amazonaws.com")
