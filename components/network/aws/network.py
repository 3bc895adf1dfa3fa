"""A VPC over several zones."""

from collections.abc import Sequence
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.access.aws import AwsPlacement
from components.aws.partition import partition
from components.aws.tags import tags
from components.errors import refuse, unless
from components.naming import Kind, auto_named, component_name
from components.network.aws import flow_logs, routing
from components.network.contract import Network, NetworkArgs
from components.network.subnets import plan
from components.settings import AwsSettings, Nat


class AwsNetwork(Network, AwsPlacement):
    """A VPC with public, private and data subnets in each zone; what is not linked cannot connect.

    Cost, beside what runs in it: each NAT gateway is billed by the hour and by the byte, and is most of a small
    network's bill; `AwsSettings.nat` says how many. The S3 gateway endpoint is free.

    Quota: each NAT gateway takes one of the 5 Elastic IP addresses that an account has in a region at first (Amazon
    EC2, "Elastic IP address quota"); one in each of 6 zones needs a higher one.
    """

    def __init__(
        self, name: str, args: NetworkArgs, *, settings: AwsSettings, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        refuse(_problems(name, settings))
        super().__init__("archkit:aws:Network", name, None, opts)
        self.vpc = self._vpc(settings)
        self.default_security_group = self._closed_default_group()
        names = self._zone_names(args)
        ranges = plan(settings.cidr, args.zones)
        self.public = self._subnets("public", names, ranges.public)
        self.private = self._subnets("private", names, ranges.private)
        self.data = self._subnets("data", names, ranges.data)
        self.routes = routing.route(
            self, self.vpc, public=self.public, private=self.private, data=self.data, settings=settings
        )
        self.flow_logs = flow_logs.flow_logs(self, self.vpc, settings)
        self.register_outputs({"capability": "network", "links": [], "vpc_id": self.vpc.id})

    @property
    def vpc_id(self) -> pulumi.Output[str]:
        return self.vpc.id

    @property
    def zones(self) -> Sequence[pulumi.Input[str]]:
        return [subnet.availability_zone for subnet in self.public]

    @property
    def public_subnet_ids(self) -> Sequence[pulumi.Output[str]]:
        return [subnet.id for subnet in self.public]

    @property
    def private_subnet_ids(self) -> Sequence[pulumi.Output[str]]:
        return [subnet.id for subnet in self.private]

    @property
    def data_subnet_ids(self) -> Sequence[pulumi.Output[str]]:
        return [subnet.id for subnet in self.data]

    def _vpc(self, settings: AwsSettings) -> aws.ec2.Vpc:
        return aws.ec2.Vpc(
            self.part("vpc"),
            cidr_block=settings.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,  # private names of interface endpoints and of databases need both
            tags=tags(self, "vpc"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _closed_default_group(self) -> aws.ec2.DefaultSecurityGroup:
        """Takes all rules from the group that AWS gives to whoever names none."""
        return aws.ec2.DefaultSecurityGroup(
            self.part("default-group"),
            vpc_id=self.vpc.id,
            ingress=[],
            egress=[],
            tags=tags(self, "closed"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _zone_names(self, args: NetworkArgs) -> list[str]:
        found = aws.get_availability_zones(
            state="available",
            # Without this the list holds Local and Wavelength Zones too, once an account has opted in to one.
            filters=[aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])],
            opts=pulumi.InvokeOptions(parent=self),
        )
        names = sorted(found.names)
        refuse(
            [
                unless(
                    len(names) >= args.zones,
                    f"network/{self.component_name}/zones: must be at most {len(names)}, got {args.zones}; "
                    f"open to this account without opting in are {', '.join(names) or 'none'}",
                )
            ]
        )
        return names[: args.zones]

    def _subnets(self, tier: str, zones: Sequence[str], ranges: Sequence[IPv4Network]) -> list[aws.ec2.Subnet]:
        return [
            aws.ec2.Subnet(
                self.part(f"{tier}-{number}"),
                vpc_id=self.vpc.id,
                availability_zone=zone,
                cidr_block=str(range_),
                map_public_ip_on_launch=False,
                tags={**tags(self, f"{tier}-{number}"), "archkit.tier": tier},
                # While AWS has closed a zone, the list is shorter: without this its subnets would be made elsewhere.
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["availabilityZone"]),
            )
            for number, (zone, range_) in enumerate(zip(zones, ranges, strict=True), start=1)
        ]


def _problems(name: str, settings: AwsSettings) -> list[str | None]:
    path = f"network/{name}"
    return [
        unless(
            settings.effective_nat is not Nat.NONE or partition(settings.region).name != "aws-cn",
            f"aws/nat: must be per-zone or single in {settings.region}, got none; "
            "in China some services' endpoints have names that the kit does not know",
        ),
        component_name(path, name),
        auto_named(path, f"{name}-{flow_logs.ROLE}", Kind.BUCKET),
        auto_named(path, f"{name}-{routing.ENDPOINTS_GROUP}", Kind.SECURITY_GROUP),
    ]
