"""The cache on Amazon ElastiCache."""

from components.cache.aws.cache import AwsCache

__all__ = ["AwsCache"]
