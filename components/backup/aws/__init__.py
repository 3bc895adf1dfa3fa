"""The backup on AWS Backup."""

from components.backup.aws.backup import AwsBackup

__all__ = ["AwsBackup"]
