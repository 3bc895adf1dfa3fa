"""The domain's address: its name leads to the load balancer."""

import pulumi
import pulumi_aws as aws

from components.aws.certificate import certificate
from components.connect import Component
from components.domain import Domain

__all__ = ["address", "certificate"]


def address(balancer: Component, domain: Domain, zone_id: str, load_balancer: aws.lb.LoadBalancer) -> None:
    """Makes the domain's name lead to the load balancer."""
    aws.route53.Record(
        balancer.part("address"),
        zone_id=zone_id,
        name=domain.name,
        type="A",
        aliases=[
            aws.route53.RecordAliasArgs(
                name=load_balancer.dns_name, zone_id=load_balancer.zone_id, evaluate_target_health=True
            )
        ],
        opts=pulumi.ResourceOptions(parent=balancer),
    )
