"""Who can send where: gateways, route tables, endpoints."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.tags import tags
from components.connect import Component
from components.settings import AwsSettings, Nat

EVERYWHERE = "0.0.0.0/0"
ENDPOINTS_GROUP = "endpoints"
# What an instance of a service needs where there is no NAT: its image, its logs, its shell, the keys of its links.
INTERFACES = ("ecr.api", "ecr.dkr", "logs", "ssm", "ssmmessages", "ec2messages", "secretsmanager")


@dataclass(frozen=True, kw_only=True)
class Routes:
    """Args: route tables by tier; `private` and `nat_gateways` in the order of the zones."""

    internet_gateway: aws.ec2.InternetGateway
    nat_gateways: Sequence[aws.ec2.NatGateway]
    public: aws.ec2.RouteTable
    private: Sequence[aws.ec2.RouteTable]
    data: aws.ec2.RouteTable
    s3: aws.ec2.VpcEndpoint


def route(
    network: Component,
    vpc: aws.ec2.Vpc,
    *,
    public: Sequence[aws.ec2.Subnet],
    private: Sequence[aws.ec2.Subnet],
    data: Sequence[aws.ec2.Subnet],
    settings: AwsSettings,
) -> Routes:
    """Makes the gateways and the tables; data subnets get no default route, so nothing in them reaches the internet."""
    gateway = aws.ec2.InternetGateway(
        network.part("internet"), vpc_id=vpc.id, tags=tags(network, "internet"), opts=_under(network)
    )
    public_table = _table(network, vpc, "public", public)
    to_internet = aws.ec2.Route(
        network.part("public-default"),
        route_table_id=public_table.id,
        destination_cidr_block=EVERYWHERE,
        gateway_id=gateway.id,
        opts=_under(network),
    )
    nats = _nat_gateways(network, public, settings.effective_nat, to_internet)
    private_tables = [_table(network, vpc, f"private-{n}", [subnet]) for n, subnet in enumerate(private, start=1)]
    for number, table in enumerate(private_tables, start=1):
        if nats:
            aws.ec2.Route(
                network.part(f"private-{number}-default"),
                route_table_id=table.id,
                destination_cidr_block=EVERYWHERE,
                nat_gateway_id=nats[(number - 1) % len(nats)].id,
                opts=_under(network),
            )
    data_table = _table(network, vpc, "data", data)
    if not nats:
        _interface_endpoints(network, vpc, private, settings)
    return Routes(
        internet_gateway=gateway,
        nat_gateways=nats,
        public=public_table,
        private=private_tables,
        data=data_table,
        s3=_s3_endpoint(network, vpc, [public_table, *private_tables, data_table], settings),
    )


def _under(network: Component) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(parent=network)


def _table(network: Component, vpc: aws.ec2.Vpc, role: str, subnets: Sequence[aws.ec2.Subnet]) -> aws.ec2.RouteTable:
    table = aws.ec2.RouteTable(
        network.part(f"{role}-routes"), vpc_id=vpc.id, tags=tags(network, f"{role}-routes"), opts=_under(network)
    )
    for number, subnet in enumerate(subnets, start=1):
        suffix = f"-{number}" if len(subnets) > 1 else ""
        aws.ec2.RouteTableAssociation(
            network.part(f"{role}-routes{suffix}-association"),
            route_table_id=table.id,
            subnet_id=subnet.id,
            opts=_under(network),
        )
    return table


def _nat_gateways(
    network: Component, public: Sequence[aws.ec2.Subnet], nat: Nat, to_internet: aws.ec2.Route
) -> list[aws.ec2.NatGateway]:
    count = {Nat.PER_ZONE: len(public), Nat.SINGLE: 1, Nat.NONE: 0}[nat]
    gateways: list[aws.ec2.NatGateway] = []
    for number, subnet in enumerate(public[:count], start=1):
        role = f"nat-{number}"
        address = aws.ec2.Eip(
            network.part(f"{role}-address"), domain="vpc", tags=tags(network, role), opts=_under(network)
        )
        gateways.append(
            aws.ec2.NatGateway(
                network.part(role),
                allocation_id=address.id,
                subnet_id=subnet.id,
                tags=tags(network, role),
                # A NAT gateway in a subnet that has no way out yet fails to start, or stays while the way is taken.
                opts=pulumi.ResourceOptions(parent=network, depends_on=[to_internet]),
            )
        )
    return gateways


def _s3_endpoint(
    network: Component, vpc: aws.ec2.Vpc, tables: Sequence[aws.ec2.RouteTable], settings: AwsSettings
) -> aws.ec2.VpcEndpoint:
    """The free way to S3, where image layers and packages of Amazon Linux are; without it NAT bills each byte."""
    return aws.ec2.VpcEndpoint(
        network.part("s3"),
        vpc_id=vpc.id,
        vpc_endpoint_type="Gateway",
        service_name=_service(settings, "s3"),
        route_table_ids=[table.id for table in tables],
        tags=tags(network, "s3"),
        opts=_under(network),
    )


def _interface_endpoints(
    network: Component, vpc: aws.ec2.Vpc, private: Sequence[aws.ec2.Subnet], settings: AwsSettings
) -> None:
    group = aws.ec2.SecurityGroup(
        network.part(ENDPOINTS_GROUP),
        description="Private doors to the services of AWS",
        vpc_id=vpc.id,
        tags=tags(network, ENDPOINTS_GROUP),
        opts=_under(network),
    )
    aws.vpc.SecurityGroupIngressRule(
        network.part("endpoints-from-vpc"),
        security_group_id=group.id,
        description="HTTPS from the VPC",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4=vpc.cidr_block,
        tags=tags(network, "endpoints-from-vpc"),
        opts=_under(network),
    )
    for service in INTERFACES:
        role = f"endpoint-{service.replace('.', '-')}"
        aws.ec2.VpcEndpoint(
            network.part(role),
            vpc_id=vpc.id,
            vpc_endpoint_type="Interface",
            service_name=_service(settings, service),
            subnet_ids=[subnet.id for subnet in private],
            security_group_ids=[group.id],
            private_dns_enabled=True,
            tags=tags(network, role),
            opts=_under(network),
        )


def _service(settings: AwsSettings, service: str) -> str:
    return f"com.amazonaws.{settings.region}.{service}"
