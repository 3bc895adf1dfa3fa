"""Storage on Amazon S3."""

from components.storage.aws.storage import AwsStorage

__all__ = ["AwsStorage"]
