"""What CloudFront keeps and under which key, what it passes on, and which headers every answer bears."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.cdn.behaviour import Behaviour, CacheKey, Ttl
from components.cdn.parts import SecurityHeaders
from components.connect import Component

# CloudFront, "Use managed cache policies" and "Use managed origin request policies": the same id in every account.
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def cache_policy(cdn: Component, role: str, behaviour: Behaviour) -> pulumi.Input[str]:
    """The id of the policy for a behaviour; one that keeps nothing needs none of its own."""
    if behaviour.ttl is None or not behaviour.cached:
        return CACHING_DISABLED
    return _own(cdn, role, behaviour.ttl, behaviour.cache_key, compress=behaviour.compress).id


def _own(cdn: Component, role: str, ttl: Ttl, key: CacheKey, *, compress: bool) -> aws.cloudfront.CachePolicy:
    return aws.cloudfront.CachePolicy(
        cdn.part(f"{role}-cache"),
        comment=f"{cdn.component_name}: {role}",
        min_ttl=ttl.minimum_seconds,
        default_ttl=ttl.default_seconds,
        max_ttl=ttl.maximum_seconds,
        parameters_in_cache_key_and_forwarded_to_origin=aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs(
            cookies_config=aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs(
                cookie_behavior=_some(key.all_cookies),
                cookies=aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigCookiesArgs(
                    items=sorted(key.all_cookies)
                )
                if key.all_cookies
                else None,
            ),
            headers_config=aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs(
                header_behavior=_some(key.headers),
                headers=aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigHeadersArgs(
                    items=sorted(key.headers)
                )
                if key.headers
                else None,
            ),
            query_strings_config=aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs(
                query_string_behavior=_some(key.query),
                query_strings=aws.cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigQueryStringsArgs(
                    items=sorted(key.query)
                )
                if key.query
                else None,
            ),
            enable_accept_encoding_gzip=compress,
            enable_accept_encoding_brotli=compress,
        ),
        opts=pulumi.ResourceOptions(parent=cdn),
    )


def _some(names: Sequence[str]) -> str:
    return "whitelist" if names else "none"


def response_headers(
    cdn: Component, headers: SecurityHeaders, *, private: bool
) -> aws.cloudfront.ResponseHeadersPolicy:
    """Headers that every answer bears, over the origin's; private answers also that nobody may keep them."""
    role = "private-headers" if private else "headers"
    keep_out = aws.cloudfront.ResponseHeadersPolicyCustomHeadersConfigArgs(
        items=[
            aws.cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArgs(
                header="Cache-Control", value="private, no-store", override=True
            )
        ]
    )
    hsts = aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurityArgs(
        # Other names of the domain may serve plain HTTP: whether they must not is not this design's to say.
        access_control_max_age_sec=headers.hsts_seconds,
        include_subdomains=False,
        preload=False,
        override=True,
    )
    return aws.cloudfront.ResponseHeadersPolicy(
        cdn.part(role),
        comment=f"{cdn.component_name}: {role}",
        security_headers_config=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs(
            strict_transport_security=hsts if headers.hsts_seconds else None,
            content_security_policy=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicyArgs(
                content_security_policy=headers.content_security_policy, override=True
            ),
            content_type_options=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs(
                override=True
            ),
            frame_options=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigFrameOptionsArgs(
                frame_option=headers.frame_options, override=True
            ),
            referrer_policy=aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigReferrerPolicyArgs(
                referrer_policy=headers.referrer_policy, override=True
            ),
        ),
        custom_headers_config=keep_out if private else None,
        opts=pulumi.ResourceOptions(parent=cdn),
    )
