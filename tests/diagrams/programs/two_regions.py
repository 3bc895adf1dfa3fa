"""Two regions: Aurora global database, S3 replication, a failover record and a second provider."""

import json

import pulumi
import pulumi_aws as aws

HOME, AWAY = "eu-west-1", "eu-north-1"


class _Region:
    """One region's network, load balancer and Aurora cluster."""

    def __init__(self, name: str, region: str, provider: aws.Provider, index: int) -> None:
        opts = pulumi.ResourceOptions(provider=provider)
        vpc = aws.ec2.Vpc(name, cidr_block=f"10.{index}.0.0/16", opts=opts)
        gateway = aws.ec2.InternetGateway(name, vpc_id=vpc.id, opts=opts)
        table = aws.ec2.RouteTable(
            name,
            vpc_id=vpc.id,
            routes=[aws.ec2.RouteTableRouteArgs(cidr_block="0.0.0.0/0", gateway_id=gateway.id)],
            opts=opts,
        )
        public: list[aws.ec2.Subnet] = []
        data: list[aws.ec2.Subnet] = []
        for number, letter in enumerate("ab"):
            front = aws.ec2.Subnet(
                f"{name}-public-{letter}",
                vpc_id=vpc.id,
                cidr_block=f"10.{index}.{number}.0/24",
                availability_zone=f"{region}{letter}",
                opts=opts,
            )
            aws.ec2.RouteTableAssociation(
                f"{name}-public-{letter}", subnet_id=front.id, route_table_id=table.id, opts=opts
            )
            public.append(front)
            data.append(
                aws.ec2.Subnet(
                    f"{name}-data-{letter}",
                    vpc_id=vpc.id,
                    cidr_block=f"10.{index}.{10 + number}.0/24",
                    availability_zone=f"{region}{letter}",
                    opts=opts,
                )
            )
        web = aws.ec2.SecurityGroup(
            f"{name}-web",
            vpc_id=vpc.id,
            ingress=[
                aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=443, to_port=443, cidr_blocks=["0.0.0.0/0"])
            ],
            opts=opts,
        )
        self.balancer = aws.lb.LoadBalancer(
            f"{name}-web",
            security_groups=[web.id],
            subnets=[one.id for one in public],
            opts=opts,
        )
        self.targets = aws.lb.TargetGroup(f"{name}-web", port=443, protocol="HTTPS", vpc_id=vpc.id, opts=opts)
        aws.lb.Listener(
            f"{name}-web",
            load_balancer_arn=self.balancer.arn,
            port=443,
            protocol="HTTPS",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=self.targets.arn)],
            opts=opts,
        )
        for number, subnet in enumerate(public, start=1):
            server = aws.ec2.Instance(
                f"{name}-web-{number}",
                ami="ami-0123456789abcdef0",
                instance_type="m7g.large",
                subnet_id=subnet.id,
                vpc_security_group_ids=[web.id],
                opts=opts,
            )
            aws.lb.TargetGroupAttachment(
                f"{name}-web-{number}", target_group_arn=self.targets.arn, target_id=server.id, opts=opts
            )
        self.database_group = aws.ec2.SecurityGroup(f"{name}-data", vpc_id=vpc.id, opts=opts)
        aws.ec2.SecurityGroupRule(
            f"{name}-web-to-data",
            type="ingress",
            protocol="tcp",
            from_port=5432,
            to_port=5432,
            security_group_id=self.database_group.id,
            source_security_group_id=web.id,
            opts=opts,
        )
        self.subnet_group = aws.rds.SubnetGroup(f"{name}-data", subnet_ids=[one.id for one in data], opts=opts)
        self.opts = opts
        self.name = name

    def cluster(self, world: aws.rds.GlobalCluster, *, primary: bool) -> aws.rds.Cluster:
        made = aws.rds.Cluster(
            f"{self.name}-orders",
            engine="aurora-postgresql",
            global_cluster_identifier=world.id,
            db_subnet_group_name=self.subnet_group.name,
            vpc_security_group_ids=[self.database_group.id],
            master_username="postgres" if primary else None,
            manage_master_user_password=True if primary else None,
            opts=self.opts,
        )
        aws.rds.ClusterInstance(
            f"{self.name}-orders-1",
            cluster_identifier=made.id,
            engine="aurora-postgresql",
            instance_class="db.r7g.large",
            opts=self.opts,
        )
        return made


def program() -> None:
    """A home region and a standby, joined by replication and by DNS failover."""
    near = aws.Provider("home", region=HOME)
    far = aws.Provider("away", region=AWAY)
    home, away = _Region("home", HOME, near, 1), _Region("away", AWAY, far, 2)
    world = aws.rds.GlobalCluster("orders", global_cluster_identifier="orders", engine="aurora-postgresql")
    home.cluster(world, primary=True)
    away.cluster(world, primary=False)
    near_opts = pulumi.ResourceOptions(provider=near)
    media = aws.s3.Bucket("media", opts=near_opts)
    copy = aws.s3.Bucket("media-copy", region=AWAY)
    role = aws.iam.Role("replication", assume_role_policy=json.dumps({"Statement": []}))
    aws.s3.BucketReplicationConfig(
        "media",
        bucket=media.id,
        role=role.arn,
        rules=[
            aws.s3.BucketReplicationConfigRuleArgs(
                status="Enabled",
                destination=aws.s3.BucketReplicationConfigRuleDestinationArgs(bucket=copy.arn),
            )
        ],
        opts=near_opts,
    )
    zone = aws.route53.Zone("zone", name="example.org")
    for side, part in (("PRIMARY", home), ("SECONDARY", away)):
        check = aws.route53.HealthCheck(
            part.name, type="HTTPS", fqdn=part.balancer.dns_name, port=443, failure_threshold=3, request_interval=10
        )
        aws.route53.Record(
            part.name,
            zone_id=zone.zone_id,
            name="example.org",
            type="A",
            set_identifier=part.name,
            health_check_id=check.id,
            failover_routing_policies=[aws.route53.RecordFailoverRoutingPolicyArgs(type=side)],
            aliases=[
                aws.route53.RecordAliasArgs(
                    name=part.balancer.dns_name, zone_id=part.balancer.zone_id, evaluate_target_health=True
                )
            ],
        )
