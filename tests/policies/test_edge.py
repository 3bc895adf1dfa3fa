"""Policies of Amazon CloudFront, AWS WAF, IAM and logs: programs that break and that keep each."""

import json

import pulumi
import pulumi_aws as aws


def _cdn_alarm(**more):
    aws.cloudwatch.MetricAlarm(
        "errors", comparison_operator="GreaterThanThreshold", evaluation_periods=1, namespace="AWS/CloudFront", **more
    )


def _behavior(path):
    return {
        "path_pattern": path,
        "target_origin_id": "one",
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
    }


def _distribution(*, methods=("GET", "HEAD"), members=2, acl=None, certificate=None, target="both", paths=()):
    aws.cloudfront.Distribution(
        "edge",
        enabled=True,
        origins=[{"domain_name": f"{name}.example.org", "origin_id": name} for name in ("one", "two")],
        origin_groups=[
            {
                "origin_id": "both",
                "failover_criteria": {"status_codes": [502]},
                "members": [{"origin_id": name} for name in ("one", "two", "three")[:members]],
            }
        ],
        default_cache_behavior={
            "target_origin_id": target,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": list(methods),
            "cached_methods": ["GET", "HEAD"],
        },
        ordered_cache_behaviors=[_behavior(path) for path in paths],
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"acm_certificate_arn": certificate}
        if certificate
        else {"cloudfront_default_certificate": True},
        web_acl_id=acl,
    )


def _acl(*, scope="CLOUDFRONT", window=300, **more):
    rate = {"limit": 1000, "evaluation_window_sec": window, "aggregate_key_type": "IP"}
    visibility = {"cloudwatch_metrics_enabled": True, "metric_name": "m", "sampled_requests_enabled": True}
    return aws.wafv2.WebAcl(
        "firewall",
        scope=scope,
        default_action={"allow": {}},
        visibility_config=visibility,
        rules=[
            {
                "name": "rate",
                "priority": 1,
                "action": {"block": {}},
                "statement": {"rate_based_statement": rate},
                "visibility_config": visibility,
            }
        ],
        **more,
    )


def _document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _permission(**statement):
    aws.iam.Policy("permission", policy=_document(**statement))


def _trust(**statement):
    aws.iam.Role("role", assume_role_policy=_document(Action="sts:AssumeRole", **statement))


def _american():
    return pulumi.ResourceOptions(provider=aws.Provider("america", region="us-east-1"))


CASES = {
    "aws-cloudfront-origin-group": (
        [
            (lambda: _distribution(methods=["GET", "HEAD", "POST"]), "an origin group only reads, got POST"),
            (lambda: _distribution(members=1), "exactly 2 members, got 1"),
        ],
        [_distribution],
    ),
    "aws-cloudfront-region": (
        [
            (lambda: _distribution(acl=_acl().arn), "region: must be us-east-1"),
            (lambda: _distribution(acl=_acl(scope="REGIONAL", region="us-east-1").arn), "scope: must be CLOUDFRONT"),
            (
                lambda: _distribution(certificate=aws.acm.Certificate("tls", domain_name="a.org").arn),
                "got that of the stack",
            ),
        ],
        [
            lambda: _distribution(acl=_acl(region="us-east-1").arn),
            lambda: _distribution(acl=_acl(opts=_american()).arn),
            lambda: _distribution(certificate=aws.acm.Certificate("tls", domain_name="a.org", region="us-east-1").arn),
        ],
    ),
    "aws-cloudfront-behavior-origin": (
        [
            (lambda: _distribution(target="three"), "defaultCacheBehavior.targetOriginId: must be an origin"),
            (lambda: _distribution(paths=["/a/*", "/a/*"]), "orderedCacheBehaviors[1].pathPattern: must be another"),
        ],
        [_distribution, lambda: _distribution(target="one", paths=["/a/*", "/b/*"])],
    ),
    "aws-cloudfront-alarm-region": (
        [(_cdn_alarm, "region: must be us-east-1"), (lambda: _cdn_alarm(region="eu-west-1"), "got eu-west-1")],
        [lambda: _cdn_alarm(region="us-east-1")],
    ),
    "aws-waf-rate-window": ([(lambda: _acl(window=90), "one of 60, 120, 300, 600, got 90")], [_acl]),
    "aws-iam-wildcard-action": (
        [
            (lambda: _permission(Action="*", Resource="arn:aws:s3:::a"), "allows every action"),
            (lambda: _permission(Action=["s3:*"], Resource="*"), "allows s3:* on every resource"),
        ],
        [
            lambda: _permission(Action="s3:GetObject", Resource="*"),
            lambda: _permission(Action="s3:*", Resource="arn:aws:s3:::a/*"),
            lambda: _permission(Effect="Deny", Action="*", Resource="*"),
        ],
    ),
    "aws-iam-wildcard-principal": (
        [(lambda: _trust(Principal="*"), "trusts every principal"), (lambda: _trust(Principal={"AWS": "*"}), "trusts")],
        [
            lambda: _trust(Principal={"Service": "ec2.amazonaws.com"}),
            lambda: _trust(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        ],
    ),
    "aws-logs-retention": (
        [(lambda: aws.cloudwatch.LogGroup("l"), "kept and paid for ever")],
        [lambda: aws.cloudwatch.LogGroup("l", retention_in_days=30)],
    ),
    "aws-cloudfront-origin-access": (
        [(lambda: aws.cloudfront.OriginAccessIdentity("old"), "the older way")],
        [
            lambda: aws.cloudfront.OriginAccessControl(
                "files",
                origin_access_control_origin_type="s3",
                signing_behavior="always",
                signing_protocol="sigv4",
            )
        ],
    ),
}


def test_a_policy_finds_what_breaks_it(broken):
    broken()


def test_a_policy_lets_pass_what_keeps_it(kept):
    kept()
