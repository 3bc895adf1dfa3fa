"""The CDN on Amazon CloudFront."""

from components.cdn.aws.cdn import AwsCdn

__all__ = ["AwsCdn"]
