"""AWS WAF in front of the load balancer."""

import pulumi
import pulumi_aws as aws

from components.aws.web_acl import REGIONAL, Rate, web_acl
from components.connect import Component
from components.settings import AwsSettings


def firewall(balancer: Component, load_balancer: aws.lb.LoadBalancer, settings: AwsSettings) -> aws.wafv2.WebAcl:
    """Makes the web ACL and puts it before the load balancer."""
    limit = settings.client_requests_per_minute
    made = web_acl(balancer, REGIONAL, None if limit is None else Rate(limit=limit), settings)
    aws.wafv2.WebAclAssociation(
        balancer.part("firewall-association"),
        resource_arn=load_balancer.arn,
        web_acl_arn=made.arn,
        opts=pulumi.ResourceOptions(parent=balancer),
    )
    return made
