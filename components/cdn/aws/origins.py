"""Where CloudFront fetches from, and how it gets in."""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsBucket, AwsOriginAddress, AwsPlacement
from components.aws.tags import tags
from components.cdn.parts import OriginGroup
from components.connect import Component

# Before the second origin of a group is asked: 2 attempts of 3 s. CloudFront's own defaults, 3 of 10 s, keep a client
# waiting for half a minute.
ATTEMPTS, CONNECT_SECONDS, READ_SECONDS, KEEPALIVE_SECONDS = 2, 3, 30, 30
# CloudFront makes this group in the VPC of its first VPC origin (guide, "Restrict access with VPC origins"). It lets in
# this account's distributions only, and is one rule; the managed prefix list lets in everybody's and counts as 55.
SERVICE_GROUP = "CloudFront-VPCOrigins-Service-SG"


def origins(
    cdn: Component, addresses: Mapping[str, AwsOriginAddress], placement: AwsPlacement
) -> list[aws.cloudfront.DistributionOriginArgs]:
    """What the distribution says of each origin; makes the access control of buckets and the way into the VPC."""
    control = _access_control(cdn) if any(one.bucket for one in addresses.values()) else None
    return [_origin(cdn, name, one, control, placement) for name, one in addresses.items()]


def groups(given: tuple[OriginGroup, ...]) -> list[aws.cloudfront.DistributionOriginGroupArgs]:
    """Pairs of origins of which the second stands in for the first."""
    return [
        aws.cloudfront.DistributionOriginGroupArgs(
            origin_id=group.name,
            failover_criteria=aws.cloudfront.DistributionOriginGroupFailoverCriteriaArgs(
                status_codes=sorted(group.statuses)
            ),
            members=[
                aws.cloudfront.DistributionOriginGroupMemberArgs(origin_id=member)
                for member in (group.primary, group.secondary)
            ],
        )
        for group in given
    ]


def let_read(
    cdn: Component, name: str, bucket: AwsBucket, distribution_arn: pulumi.Output[str], *, listing: bool
) -> aws.s3.BucketPolicy:
    """Lets this distribution, and no other, read a bucket, over TLS only.

    Args:
        cdn: Whose distribution it is.
        name: The origin's.
        bucket: What is read.
        distribution_arn: Who reads.
        listing: Missing files are 404 rather than 403; a request for the bucket's root would then list it.

    """
    return aws.s3.BucketPolicy(
        cdn.part(f"{name}-policy"),
        bucket=bucket.id,
        policy=pulumi.Output.all(bucket.arn, distribution_arn).apply(
            lambda arns: _bucket_policy(arns[0], arns[1], listing=listing)
        ),
        opts=pulumi.ResourceOptions(parent=cdn, depends_on=[bucket.settled]),
    )


def _bucket_policy(bucket: str, distribution: str, *, listing: bool) -> str:
    reader = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
    statements = [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket, f"{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {"Sid": "Read", "Action": "s3:GetObject", "Resource": f"{bucket}/*", **reader},
        *([{"Sid": "Missing", "Action": "s3:ListBucket", "Resource": bucket, **reader}] if listing else []),
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _access_control(cdn: Component) -> aws.cloudfront.OriginAccessControl:
    return aws.cloudfront.OriginAccessControl(
        cdn.part("access"),
        description=f"{cdn.component_name} reads its buckets",
        origin_access_control_origin_type="s3",
        signing_behavior="always",
        signing_protocol="sigv4",
        opts=pulumi.ResourceOptions(parent=cdn),
    )


def _origin(
    cdn: Component,
    name: str,
    address: AwsOriginAddress,
    control: aws.cloudfront.OriginAccessControl | None,
    placement: AwsPlacement,
) -> aws.cloudfront.DistributionOriginArgs:
    vpc = _vpc_origin(cdn, name, address, placement) if address.private_load_balancer_arn else None
    return aws.cloudfront.DistributionOriginArgs(
        origin_id=name,
        domain_name=address.domain_name,
        connection_attempts=ATTEMPTS,
        connection_timeout=CONNECT_SECONDS,
        origin_access_control_id=control.id if control and address.bucket else None,
        vpc_origin_config=None
        if vpc is None
        else aws.cloudfront.DistributionOriginVpcOriginConfigArgs(
            vpc_origin_id=vpc.id, origin_read_timeout=READ_SECONDS, origin_keepalive_timeout=KEEPALIVE_SECONDS
        ),
        custom_origin_config=None
        if vpc or address.bucket
        else aws.cloudfront.DistributionOriginCustomOriginConfigArgs(
            http_port=80,
            https_port=443,
            origin_protocol_policy="https-only" if address.https else "http-only",
            origin_ssl_protocols=["TLSv1.2"],
            origin_read_timeout=READ_SECONDS,
            origin_keepalive_timeout=KEEPALIVE_SECONDS,
        ),
    )


def _vpc_origin(
    cdn: Component, name: str, address: AwsOriginAddress, placement: AwsPlacement
) -> aws.cloudfront.VpcOrigin:
    assert address.private_load_balancer_arn is not None  # the caller asked
    assert address.security_group_id is not None  # an internal load balancer is guarded
    made = aws.cloudfront.VpcOrigin(
        cdn.part(f"{name}-vpc-origin"),
        vpc_origin_endpoint_config=aws.cloudfront.VpcOriginVpcOriginEndpointConfigArgs(
            name=f"{pulumi.get_stack()}-{cdn.part(name)}",
            arn=address.private_load_balancer_arn,
            http_port=80,
            https_port=443,
            # The way from CloudFront to the VPC is AWS's own network; an internal name has no public certificate.
            origin_protocol_policy="http-only",
            origin_ssl_protocols=aws.cloudfront.VpcOriginVpcOriginEndpointConfigOriginSslProtocolsArgs(
                items=["TLSv1.2"], quantity=1
            ),
        ),
        tags=tags(cdn, f"{name}-vpc-origin"),
        opts=pulumi.ResourceOptions(parent=cdn),
    )
    service = aws.ec2.get_security_group_output(
        name=SERVICE_GROUP, vpc_id=placement.vpc_id, opts=pulumi.InvokeOutputOptions(parent=cdn, depends_on=[made])
    )
    aws.vpc.SecurityGroupIngressRule(
        cdn.part(f"into-{name}"),
        security_group_id=address.security_group_id,
        referenced_security_group_id=service.id,
        description=f"{cdn.component_name} to {name}",
        ip_protocol="tcp",
        from_port=80,
        to_port=80,
        tags=tags(cdn, f"into-{name}"),
        opts=pulumi.ResourceOptions(parent=cdn),
    )
    return made
