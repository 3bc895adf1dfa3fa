"""Spreads requests over the replicas of services."""

from components.load_balancer.contract import Domain, LoadBalancer, LoadBalancerArgs, Route

__all__ = ["Domain", "LoadBalancer", "LoadBalancerArgs", "Route"]
