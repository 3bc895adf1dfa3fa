"""What the security view says of rules that name somebody outside of the program, and of a bucket's own policy."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from topology.derive import derive
from topology.icons import Icons
from topology.model import Model
from topology.views import security

from archkit.recorder import record


def _rules() -> None:
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    sources = {
        "edge": aws.ec2.get_security_group_output(name="CloudFront-Origins").id,
        "store": aws.ec2.get_security_group_output(filters=[{"name": "tag:of", "values": ["store"]}]).id,
        "office": "sg-0123456789",
    }
    inline = aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=22, to_port=22, security_groups=["sg-2"])
    for name, source in sources.items():
        ingress = [inline] if name == "office" else None
        group = aws.ec2.SecurityGroup(f"{name}-group", vpc_id=vpc.id, ingress=ingress)
        aws.lb.LoadBalancer(name, security_groups=[group.id])
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-in",
            security_group_id=group.id,
            referenced_security_group_id=source,
            ip_protocol="tcp",
            from_port=80,
            to_port=80,
        )


def _bucket() -> None:
    bucket = aws.s3.Bucket("files")
    control = aws.cloudfront.OriginAccessControl(
        "control", origin_access_control_origin_type="s3", signing_behavior="always", signing_protocol="sigv4"
    )
    cdn = aws.cloudfront.Distribution(
        "cdn",
        enabled=True,
        origins=[{"domain_name": bucket.bucket_regional_domain_name, "origin_id": "files",
                  "origin_access_control_id": control.id}],
        default_cache_behavior={"target_origin_id": "files", "viewer_protocol_policy": "redirect-to-https",
                                "allowed_methods": ["GET"], "cached_methods": ["GET"]},
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
    )  # fmt: skip
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Principal": {"Service": "cloudfront.amazonaws.com"}}
    policy = pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Deny", "Action": "s3:*", "Principal": "*", "Resource": bucket.arn},
                {**statement, "Resource": bucket.arn, "Condition": {"StringEquals": {"AWS:SourceArn": cdn.arn}}},
            ],
        }
    )
    aws.s3.BucketPolicy("reads", bucket=bucket.id, policy=policy)


def _lines(model: Model) -> set[tuple[str, str, str, str]]:
    names = {node.id: node.label for node in model.nodes}
    return {(names.get(one.source, ""), one.source_text, one.ports, names[one.target]) for one in model.accesses}


def test_a_group_that_the_program_does_not_make_is_named_by_what_was_looked_up_or_by_its_id() -> None:
    lines = _lines(derive(record(_rules)))
    assert ("", "security group CloudFront-Origins", "80", "edge") in lines, "nobody saw who may reach the balancer"
    assert ("", "security group sg-0123456789", "80", "office") in lines
    assert ("", "security group that is looked up", "80", "store") in lines, "a digest names nothing to a person"
    assert ("", "security group sg-2", "22", "office") in lines, "an inline rule counts as one that stands alone"


def test_a_bucket_s_policy_says_who_may_do_what_with_it() -> None:
    model = derive(record(_bucket))
    assert _lines(model) == {("cdn", "", "s3:GetObject", "files")}, "what is denied lets nobody in"
    scene = security.scene(model, Icons())
    shown = {one.text for one in scene.texts()}
    assert {"cdn", "files", "s3:GetObject", "bucket policy reads allows s3:GetObject", "permission"} <= shown
    assert [one.style for one in scene.lines() if one.owner] == ["e-grant"], "an action is no port"


def _copies() -> None:
    home, away = aws.backup.Vault("home"), aws.backup.Vault("away")
    aws.backup.Plan(
        "plan",
        rules=[
            aws.backup.PlanRuleArgs(
                rule_name=f"rule-{days}",
                target_vault_name=home.name,
                schedule="cron(0 2 * * ? *)",
                copy_actions=[
                    aws.backup.PlanRuleCopyActionArgs(
                        destination_vault_arn=away.arn,
                        lifecycle=aws.backup.PlanRuleCopyActionLifecycleArgs(delete_after=days),
                    )
                ],
            )
            for days in (372, 35, 56)
        ],
    )


def test_copies_from_one_vault_to_another_are_one_label() -> None:
    (edge,) = derive(record(_copies)).edges
    assert edge.label == "copy, kept 35, 56 and 372 days"
