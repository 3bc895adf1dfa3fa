"""The network on Amazon VPC."""

from components.network.aws.network import AwsNetwork

__all__ = ["AwsNetwork"]
