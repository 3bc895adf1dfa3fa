"""The load balancer on Elastic Load Balancing."""

from components.load_balancer.aws.load_balancer import AwsLoadBalancer

__all__ = ["AwsLoadBalancer"]
