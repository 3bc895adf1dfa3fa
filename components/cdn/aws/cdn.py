"""A CloudFront distribution in front of a design."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.access import on_same_target
from components.access.aws import AwsOrigin, AwsOriginAddress, AwsPlacement
from components.aws.certificate import Certified, certificate
from components.aws.tags import tags
from components.aws.web_acl import CLOUDFRONT, Rate, name_problem, web_acl
from components.cdn.aws import origins as fetching
from components.cdn.aws import watch
from components.cdn.aws.behaviours import Behaviours, behaviours
from components.cdn.contract import TAG_HEADER, Cdn, CdnArgs, cdn_problems
from components.connect import Connectable, Endpoint, declared_links
from components.domain import Domain
from components.errors import refuse, unless
from components.naming import Kind, auto_named, component_name, fixed
from components.network.contract import Network
from components.profile import Profile
from components.settings import AwsSettings
from components.storage.contract import Storage

TLS = "TLSv1.2_2021"  # CloudFront guide, "Supported protocols and ciphers": 1.2 and 1.3, authenticated ciphers only


class AwsCdn(Cdn):
    """Amazon CloudFront with a firewall, a certificate, a log and alarms, all where CloudFront takes them: us-east-1.

    Cost: by the request and the byte sent; for the web ACL and each of its rules; for the additional metrics.
    """

    def __init__(
        self,
        name: str,
        args: CdnArgs,
        *,
        settings: AwsSettings,
        network: Network,
        origins: Mapping[str, Connectable],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse(_problems(name, args, settings, origins))
        super().__init__("archkit:aws:Cdn", name, None, opts)
        self._args, self._settings = args, settings
        placement, addresses = self._surroundings(network, origins)
        rate = args.rate and Rate(limit=args.rate.limit, window_seconds=args.rate.window_seconds)
        self.firewall = web_acl(self, CLOUDFRONT, rate, settings)
        self.public_keys = self._public_keys()
        certified = self._certificate()
        answers = behaviours(self, args, addresses, self._key_group())
        self.distribution = self._distribution(answers, fetching.origins(self, addresses, placement), certified)
        self._let_read(addresses, origins)
        self._addresses(certified)
        if args.access_log:
            watch.access_log(self, self.distribution, settings)
        self.alarm_topic_arn = watch.alarms(self, self.distribution, settings)
        self.register_outputs({"capability": "cdn", "links": declared_links(origins.values()), **self._facts()})

    @property
    def endpoint(self) -> Endpoint:
        domain = self._args.domain
        return Endpoint(scheme="https", host=domain.name if domain else self.distribution.domain_name, port=443)

    @property
    def url(self) -> pulumi.Output[str]:
        return pulumi.Output.concat("https://", self.endpoint.host)

    @property
    def urls(self) -> Sequence[pulumi.Output[str]]:
        return [self.url]  # of many locations: AWS's DNS and its anycast leave out what does not answer

    @property
    def signing_key_ids(self) -> Mapping[str, pulumi.Output[str]]:
        return {name: key.id for name, key in self.public_keys.items()}

    def _facts(self) -> dict[str, pulumi.Input[object]]:
        return {
            "url": self.url,
            "distribution": self.distribution.id,
            "signing_key_ids": dict(self.signing_key_ids),
            "alarm_topic_arn": self.alarm_topic_arn,
        }

    def _surroundings(
        self, network: Network, origins: Mapping[str, Connectable]
    ) -> tuple[AwsPlacement, Mapping[str, AwsOriginAddress]]:
        who = f"cdn {self.component_name!r}"
        placement = on_same_target(AwsPlacement, network, wanted_by=who, role="network", target="aws")
        return placement, {
            name: on_same_target(AwsOrigin, one, wanted_by=who, role="origin", target="aws").origin
            for name, one in origins.items()
        }

    def _public_keys(self) -> dict[str, aws.cloudfront.PublicKey]:
        return {
            key.name: aws.cloudfront.PublicKey(
                self.part(f"key-{key.name}"),
                # The text must end with a line break, or the provider sees a change at every run.
                encoded_key=f"{key.public_key_pem.strip()}\n",
                comment=f"{self.component_name}: {key.name}",
                opts=pulumi.ResourceOptions(parent=self),
            )
            for key in self._args.signing_keys
        }

    def _key_group(self) -> aws.cloudfront.KeyGroup | None:
        if not self.public_keys:
            return None
        return aws.cloudfront.KeyGroup(
            self.part("keys"),
            items=[key.id for key in self.public_keys.values()],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _certificate(self) -> Certified | None:
        domain = self._args.domain
        if domain is None:
            return None
        return certificate(self, domain, names=self._args.names_on_certificate, region=watch.REGION)

    def _distribution(
        self,
        answers: Behaviours,
        origins: list[aws.cloudfront.DistributionOriginArgs],
        certified: Certified | None,
    ) -> aws.cloudfront.Distribution:
        args, settings = self._args, self._settings
        return aws.cloudfront.Distribution(
            self.part("distribution"),
            enabled=True,
            comment=f"{pulumi.get_stack()} {self.component_name}",
            aliases=[args.domain.name] if args.domain else None,
            origins=origins,
            origin_groups=fetching.groups(args.origin_groups) or None,
            default_cache_behavior=answers.default,
            ordered_cache_behaviors=answers.ordered or None,
            custom_error_responses=[
                aws.cloudfront.DistributionCustomErrorResponseArgs(
                    error_code=page.status,
                    response_code=page.status,  # the error stays one: crawlers and monitors must not take it for a page
                    response_page_path=page.path,
                    error_caching_min_ttl=page.kept_seconds,
                )
                for page in args.error_pages
            ]
            or None,
            cache_tag_config=aws.cloudfront.DistributionCacheTagConfigArgs(header_name=TAG_HEADER),
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=settings.cdn_price_class.value,
            restrictions=_restrictions(settings.cdn_countries),
            viewer_certificate=_viewer_certificate(certified),
            web_acl_id=self.firewall.arn,
            tags=tags(self, "distribution"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _let_read(self, addresses: Mapping[str, AwsOriginAddress], origins: Mapping[str, Connectable]) -> None:
        for name, address in addresses.items():
            origin = origins[name]
            if address.bucket and isinstance(origin, Storage):
                # Behaviours stay below the storage's prefix; only without one could a request reach the bucket's root.
                listing = origin.prefix != "/"
                fetching.let_read(self, name, address.bucket, self.distribution.arn, listing=listing)

    def _addresses(self, certified: Certified | None) -> None:
        domain = self._args.domain
        if certified is None or domain is None:
            return
        for kind in ("A", "AAAA"):
            _address(self, domain, certified, self.distribution, kind)


def _address(
    cdn: Cdn, domain: Domain, certified: Certified, distribution: aws.cloudfront.Distribution, kind: str
) -> None:
    aws.route53.Record(
        cdn.part(f"address-{kind.lower()}"),
        zone_id=certified.zone_id,
        name=domain.name,
        type=kind,
        aliases=[
            aws.route53.RecordAliasArgs(
                name=distribution.domain_name, zone_id=distribution.hosted_zone_id, evaluate_target_health=False
            )
        ],
        opts=pulumi.ResourceOptions(parent=cdn),
    )


def _restrictions(countries: tuple[str, ...]) -> aws.cloudfront.DistributionRestrictionsArgs:
    return aws.cloudfront.DistributionRestrictionsArgs(
        geo_restriction=aws.cloudfront.DistributionRestrictionsGeoRestrictionArgs(
            restriction_type="whitelist" if countries else "none", locations=sorted(countries)
        )
    )


def _viewer_certificate(certified: Certified | None) -> aws.cloudfront.DistributionViewerCertificateArgs:
    if certified is None:
        return aws.cloudfront.DistributionViewerCertificateArgs(cloudfront_default_certificate=True)
    return aws.cloudfront.DistributionViewerCertificateArgs(
        acm_certificate_arn=certified.certificate_arn, ssl_support_method="sni-only", minimum_protocol_version=TLS
    )


def _problems(name: str, args: CdnArgs, settings: AwsSettings, origins: Mapping[str, Connectable]) -> list[str | None]:
    path = f"cdn/{name}"
    return [
        component_name(path, name),
        auto_named(path, f"{name}-{watch.LOGS}", Kind.BUCKET),
        auto_named(path, f"{name}-firewall", Kind.WEB_ACL),
        auto_named(path, f"{name}-access", Kind.ORIGIN_ACCESS_CONTROL),
        fixed(path, f"{pulumi.get_stack()}-{name}", Kind.LOG_DELIVERY),
        name_problem(path, name),
        *cdn_problems(name, args, origins),
        unless(
            settings.profile is not Profile.PROD or args.domain,
            f"{path}/domain: must be given in the prod profile, got nothing; without a certificate of its own "
            "CloudFront cannot be told to refuse TLS below 1.2",
        ),
    ]
