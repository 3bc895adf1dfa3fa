"""The service on EC2 Auto Scaling."""

from components.service.aws.service import AwsService

__all__ = ["AwsService"]
