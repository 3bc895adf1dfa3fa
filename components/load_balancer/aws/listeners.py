"""What listens on the load balancer's ports, and which request goes where."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsBackend
from components.aws.tags import tags
from components.connect import Component
from components.load_balancer.aws.priorities import priorities
from components.load_balancer.contract import Route

# TLS 1.3 and 1.2 only, forward secrecy, authenticated ciphers, post-quantum key exchange for who can: what the console
# proposes (guide of Elastic Load Balancing, "Security policies for your Application Load Balancer").
SECURITY_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
DEFAULT_PATH = "/*"


def https(
    balancer: Component, load_balancer: aws.lb.LoadBalancer, certificate_arn: pulumi.Input[str], default: AwsBackend
) -> aws.lb.Listener:
    """Answers with the certificate."""
    return aws.lb.Listener(
        balancer.part("https"),
        load_balancer_arn=load_balancer.arn,
        port=443,
        protocol="HTTPS",
        ssl_policy=SECURITY_POLICY,
        certificate_arn=certificate_arn,
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=default.target_group_arn)],
        tags=tags(balancer, "https"),
        opts=pulumi.ResourceOptions(parent=balancer),
    )


def redirect(balancer: Component, load_balancer: aws.lb.LoadBalancer) -> aws.lb.Listener:
    """Sends who comes in the clear to HTTPS, for good."""
    return aws.lb.Listener(
        balancer.part("http"),
        load_balancer_arn=load_balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=[
            aws.lb.ListenerDefaultActionArgs(
                type="redirect",
                redirect=aws.lb.ListenerDefaultActionRedirectArgs(protocol="HTTPS", port="443", status_code="HTTP_301"),
            )
        ],
        tags=tags(balancer, "http"),
        opts=pulumi.ResourceOptions(parent=balancer),
    )


def http(balancer: Component, load_balancer: aws.lb.LoadBalancer, default: AwsBackend) -> aws.lb.Listener:
    """Answers in the clear, where there is no domain and so no certificate."""
    return aws.lb.Listener(
        balancer.part("http"),
        load_balancer_arn=load_balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=default.target_group_arn)],
        tags=tags(balancer, "http"),
        opts=pulumi.ResourceOptions(parent=balancer),
    )


def rules(
    balancer: Component, listener: aws.lb.Listener, routes: Sequence[tuple[Route, AwsBackend]]
) -> list[aws.lb.ListenerRule]:
    """One rule for each route but the default; the longest path that fits wins."""
    special = {route.path: backend for route, backend in routes if route.path != DEFAULT_PATH}
    return [
        aws.lb.ListenerRule(
            balancer.part(f"rule-{priority}"),
            listener_arn=listener.arn,
            priority=priority,
            conditions=[
                aws.lb.ListenerRuleConditionArgs(
                    path_pattern=aws.lb.ListenerRuleConditionPathPatternArgs(values=[path])
                )
            ],
            actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=special[path].target_group_arn)],
            tags=tags(balancer, f"rule-{priority}"),
            opts=pulumi.ResourceOptions(parent=balancer),
        )
        for path, priority in priorities(list(special)).items()
    ]
