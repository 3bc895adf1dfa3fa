"""AWS WAF in front of what the world reaches: known attacks, and a limit for each client address."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component
from components.naming import Kind, fixed
from components.settings import AwsSettings

RATE_WINDOW_SECONDS = 60  # AWS WAF counts over 60, 120, 300 or 600 s
# AWS managed rule groups, "Baseline" and "IP reputation"; 700 + 200 + 25 of the 1500 units that a web ACL has.
MANAGED = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
)
# Would refuse each body above 8 KiB, uploads included; counted, so that a design may decide.
COUNTED = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}


def log_group_name(name: str) -> str:
    """Where refused requests are written; AWS WAF takes only names that begin like this."""
    return f"aws-waf-logs-{pulumi.get_stack()}-{name}"


def name_problem(path: str, name: str) -> str | None:
    """The problem with the log's name, which holds the stack's."""
    return fixed(path, log_group_name(name), Kind.LOG_GROUP)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Args: `limit` of requests of one client address in a window of `window_seconds`."""

    limit: int
    window_seconds: int = RATE_WINDOW_SECONDS


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Args: `name` as AWS WAF has it; `region` of the web ACL and its log, None for the stack's."""

    name: str
    region: str | None


REGIONAL = Scope(name="REGIONAL", region=None)
CLOUDFRONT = Scope(name="CLOUDFRONT", region="us-east-1")  # CloudFront takes it from there only


def web_acl(component: Component, scope: Scope, rate: Rate | None, settings: AwsSettings) -> aws.wafv2.WebAcl:
    """Makes the web ACL, and logs what it refuses or counts."""
    made = aws.wafv2.WebAcl(
        component.part("firewall"),
        scope=scope.name,
        region=scope.region,
        description=f"In front of {component.component_name}",
        default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
        rules=[*(_managed(group, priority) for priority, group in enumerate(MANAGED, start=1)), *_rate(rate)],
        visibility_config=aws.wafv2.WebAclVisibilityConfigArgs(
            cloudwatch_metrics_enabled=True, metric_name=component.part("firewall"), sampled_requests_enabled=True
        ),
        tags=tags(component, "firewall"),
        opts=pulumi.ResourceOptions(parent=component),
    )
    _log(component, made, scope, settings)
    return made


def _managed(group: str, priority: int) -> aws.wafv2.WebAclRuleArgs:
    counted = [
        aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs(
            name=rule,
            action_to_use=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs(
                count=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs()
            ),
        )
        for rule in COUNTED.get(group, ())
    ]
    return aws.wafv2.WebAclRuleArgs(
        name=group,
        priority=priority,
        override_action=aws.wafv2.WebAclRuleOverrideActionArgs(none=aws.wafv2.WebAclRuleOverrideActionNoneArgs()),
        statement=aws.wafv2.WebAclRuleStatementArgs(
            managed_rule_group_statement=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                vendor_name="AWS", name=group, rule_action_overrides=counted or None
            )
        ),
        visibility_config=_visible(group),
    )


def _rate(rate: Rate | None) -> list[aws.wafv2.WebAclRuleArgs]:
    if rate is None:
        return []
    return [
        aws.wafv2.WebAclRuleArgs(
            name="rate-per-client",
            priority=0,  # cheapest first: who floods is refused before the rest is asked
            action=aws.wafv2.WebAclRuleActionArgs(
                block=aws.wafv2.WebAclRuleActionBlockArgs(
                    custom_response=aws.wafv2.WebAclRuleActionBlockCustomResponseArgs(response_code=429)
                )
            ),
            statement=aws.wafv2.WebAclRuleStatementArgs(
                rate_based_statement=aws.wafv2.WebAclRuleStatementRateBasedStatementArgs(
                    limit=rate.limit, evaluation_window_sec=rate.window_seconds, aggregate_key_type="IP"
                )
            ),
            visibility_config=_visible("rate-per-client"),
        )
    ]


def _visible(metric: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgs:
    return aws.wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True
    )


def _log(component: Component, web_acl: aws.wafv2.WebAcl, scope: Scope, settings: AwsSettings) -> None:
    group = aws.cloudwatch.LogGroup(
        component.part("firewall-log"),
        name=log_group_name(component.component_name),
        region=scope.region,
        retention_in_days=settings.log_retention_days,
        tags=tags(component, "firewall-log"),
        opts=pulumi.ResourceOptions(parent=component),
    )
    kept = [
        aws.wafv2.WebAclLoggingConfigurationLoggingFilterFilterConditionArgs(
            action_condition=aws.wafv2.WebAclLoggingConfigurationLoggingFilterFilterConditionActionConditionArgs(
                action=action
            )
        )
        for action in ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
    ]
    aws.wafv2.WebAclLoggingConfiguration(
        component.part("firewall-logging"),
        resource_arn=web_acl.arn,
        region=scope.region,
        log_destination_configs=[group.arn],
        logging_filter=aws.wafv2.WebAclLoggingConfigurationLoggingFilterArgs(
            default_behavior="DROP",
            filters=[
                aws.wafv2.WebAclLoggingConfigurationLoggingFilterFilterArgs(
                    behavior="KEEP", requirement="MEETS_ANY", conditions=kept
                )
            ],
        ),
        redacted_fields=[
            aws.wafv2.WebAclLoggingConfigurationRedactedFieldArgs(
                single_header=aws.wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs(name=header)
            )
            for header in ("authorization", "cookie")
        ],
        opts=pulumi.ResourceOptions(parent=component),
    )
