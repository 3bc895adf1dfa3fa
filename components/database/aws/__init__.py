"""The database on Amazon Aurora."""

from components.database.aws.database import AwsDatabase

__all__ = ["AwsDatabase"]
