"""What CloudFront does with a request, by its path."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsOriginAddress
from components.cdn.aws import policies
from components.cdn.behaviour import DEFAULT_PATH, Behaviour, Methods
from components.cdn.contract import CdnArgs
from components.connect import Component

READ = ["GET", "HEAD", "OPTIONS"]
ALL = [*READ, "PUT", "POST", "PATCH", "DELETE"]  # CloudFront, AllowedMethods: these, or two or three that read


@dataclass(frozen=True, kw_only=True)
class Behaviours:
    """Args: `default` for what fits no path; `ordered`: the others, as they are tried."""

    default: aws.cloudfront.DistributionDefaultCacheBehaviorArgs
    ordered: list[aws.cloudfront.DistributionOrderedCacheBehaviorArgs]


def behaviours(
    cdn: Component,
    args: CdnArgs,
    addresses: Mapping[str, AwsOriginAddress],
    key_group: aws.cloudfront.KeyGroup | None,
) -> Behaviours:
    """All behaviours, the longest path first, with their policies."""
    headers = {
        private: policies.response_headers(cdn, args.security_headers, private=private)
        for private in sorted({one.private for one in args.behaviours})
    }
    members = {group.name: group.primary for group in args.origin_groups}

    def shared(one: Behaviour) -> dict[str, Any]:
        address = addresses[members.get(one.origin, one.origin)]
        return {
            "target_origin_id": one.origin,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": ALL if one.methods is Methods.ALL else READ,
            "cached_methods": ["GET", "HEAD"],
            "compress": one.compress,
            "cache_policy_id": policies.cache_policy(cdn, role(one.path), one),
            "origin_request_policy_id": _passed_on(one, address),
            "response_headers_policy_id": headers[one.private].id,
            "trusted_key_groups": [key_group.id] if key_group and one.signed else None,
        }

    ordered = args.longest_first()
    (default,) = (one for one in ordered if one.path == DEFAULT_PATH)
    return Behaviours(
        default=aws.cloudfront.DistributionDefaultCacheBehaviorArgs(**shared(default)),
        ordered=[
            aws.cloudfront.DistributionOrderedCacheBehaviorArgs(path_pattern=one.path, **shared(one))
            for one in ordered
            if one is not default
        ],
    )


def role(path: str) -> str:
    """A part's name for a path, the same whatever stands beside it."""
    return "default" if path == DEFAULT_PATH else f"path-{zlib.crc32(path.encode()):08x}"


def _passed_on(one: Behaviour, address: AwsOriginAddress) -> pulumi.Input[str] | None:
    """What is kept shows the origin nothing but its key; what is not, everything: nothing unkeyed decides an answer.

    A bucket finds itself by the host, and a certificate its name: only a load balancer in the VPC gets the viewer's.
    """
    if one.cached or address.bucket:
        return None
    return policies.ALL_VIEWER if address.private_load_balancer_arn else policies.ALL_VIEWER_EXCEPT_HOST
