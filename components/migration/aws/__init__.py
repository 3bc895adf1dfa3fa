"""The migration as a function of AWS Lambda, invoked by the deployment."""

from components.migration.aws.migration import AwsMigration

__all__ = ["AwsMigration"]
