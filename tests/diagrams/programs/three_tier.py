"""A three-tier web application on AWS, as a plain Pulumi program."""

import json

import pulumi
import pulumi_aws as aws

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")


def _network() -> tuple[aws.ec2.Vpc, dict[str, list[aws.ec2.Subnet]]]:
    vpc = aws.ec2.Vpc("net-vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
    gateway = aws.ec2.InternetGateway("net-igw", vpc_id=vpc.id)
    public = aws.ec2.RouteTable(
        "net-public",
        vpc_id=vpc.id,
        routes=[aws.ec2.RouteTableRouteArgs(cidr_block="0.0.0.0/0", gateway_id=gateway.id)],
    )
    private = aws.ec2.RouteTable("net-private", vpc_id=vpc.id)
    data = aws.ec2.RouteTable("net-data", vpc_id=vpc.id)
    subnets: dict[str, list[aws.ec2.Subnet]] = {"public": [], "private": [], "data": []}
    for row, (tier, table) in enumerate({"public": public, "private": private, "data": data}.items()):
        for index, zone in enumerate(ZONES):
            subnet = aws.ec2.Subnet(
                f"net-{tier}-{zone[-1]}",
                vpc_id=vpc.id,
                cidr_block=f"10.0.{row * 10 + index}.0/24",
                availability_zone=zone,
            )
            aws.ec2.RouteTableAssociation(f"net-{tier}-{zone[-1]}", subnet_id=subnet.id, route_table_id=table.id)
            subnets[tier].append(subnet)
    address = aws.ec2.Eip("net-nat", domain="vpc")
    nat = aws.ec2.NatGateway("net-nat", subnet_id=subnets["public"][0].id, allocation_id=address.id)
    aws.ec2.Route("net-out", route_table_id=private.id, destination_cidr_block="0.0.0.0/0", nat_gateway_id=nat.id)
    return vpc, subnets


def _group(name: str, vpc: aws.ec2.Vpc) -> aws.ec2.SecurityGroup:
    return aws.ec2.SecurityGroup(name, vpc_id=vpc.id, description=name)


def _allow(name: str, target: aws.ec2.SecurityGroup, source: aws.ec2.SecurityGroup, port: int) -> None:
    aws.vpc.SecurityGroupIngressRule(
        name,
        security_group_id=target.id,
        referenced_security_group_id=source.id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
    )


def _application(
    vpc: aws.ec2.Vpc, subnets: dict[str, list[aws.ec2.Subnet]], media: aws.s3.Bucket
) -> tuple[aws.lb.LoadBalancer, aws.autoscaling.Group, aws.ec2.SecurityGroup]:
    front, app = _group("alb", vpc), _group("app", vpc)
    aws.vpc.SecurityGroupIngressRule(
        "world-to-alb", security_group_id=front.id, cidr_ipv4="0.0.0.0/0", ip_protocol="tcp", from_port=443, to_port=443
    )
    _allow("alb-to-app", app, front, 8080)
    role = aws.iam.Role(
        "web",
        assume_role_policy=json.dumps(
            {"Statement": [{"Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}
        ),
    )
    aws.iam.RolePolicy(
        "web-media",
        role=role.id,
        policy=media.arn.apply(
            lambda arn: json.dumps(
                {"Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"{arn}/uploads/*"}]}
            )
        ),
    )
    profile = aws.iam.InstanceProfile("web", role=role.name)
    template = aws.ec2.LaunchTemplate(
        "web",
        image_id="ami-0123456789abcdef0",
        instance_type="m7g.large",
        vpc_security_group_ids=[app.id],
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(arn=profile.arn),
    )
    balancer = aws.lb.LoadBalancer(
        "web-alb",
        load_balancer_type="application",
        security_groups=[front.id],
        subnets=[subnet.id for subnet in subnets["public"]],
    )
    targets = aws.lb.TargetGroup("web", port=8080, protocol="HTTP", vpc_id=vpc.id)
    certificate = aws.acm.Certificate("web-regional", domain_name="example.org", validation_method="DNS")
    aws.lb.Listener(
        "web-https",
        load_balancer_arn=balancer.arn,
        port=443,
        protocol="HTTPS",
        certificate_arn=certificate.arn,
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=targets.arn)],
    )
    group = aws.autoscaling.Group(
        "web-asg",
        min_size=3,
        max_size=12,
        vpc_zone_identifiers=[subnet.id for subnet in subnets["private"]],
        target_group_arns=[targets.arn],
        launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=template.id, version="$Latest"),
    )
    aws.autoscaling.Policy(
        "web-cpu",
        autoscaling_group_name=group.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration=aws.autoscaling.PolicyTargetTrackingConfigurationArgs(
            target_value=60,
            predefined_metric_specification=aws.autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs(
                predefined_metric_type="ASGAverageCPUUtilization"
            ),
        ),
    )
    return balancer, group, app


def _data(vpc: aws.ec2.Vpc, subnets: dict[str, list[aws.ec2.Subnet]], app: aws.ec2.SecurityGroup) -> aws.rds.Cluster:
    ids = [subnet.id for subnet in subnets["data"]]
    database, cache = _group("database", vpc), _group("cache", vpc)
    _allow("app-to-data", database, app, 5432)
    _allow("app-to-cache", cache, app, 6379)
    key = aws.kms.Key("data", enable_key_rotation=True)
    cluster = aws.rds.Cluster(
        "data-db",
        engine="aurora-postgresql",
        engine_version="17.4",
        db_subnet_group_name=aws.rds.SubnetGroup("data-db", subnet_ids=ids).name,
        vpc_security_group_ids=[database.id],
        kms_key_id=key.arn,
        storage_encrypted=True,
        manage_master_user_password=True,
        master_username="postgres",
        tags={"backup": "daily"},
    )
    for index, zone in enumerate(ZONES[:2]):
        aws.rds.ClusterInstance(
            f"data-db-{index + 1}",
            cluster_identifier=cluster.id,
            engine="aurora-postgresql",
            instance_class="db.r6g.large",
            availability_zone=zone,
            promotion_tier=index,
        )
    aws.elasticache.ReplicationGroup(
        "data-cache",
        description="cache",
        engine="valkey",
        node_type="cache.r7g.large",
        num_cache_clusters=3,
        multi_az_enabled=True,
        automatic_failover_enabled=True,
        subnet_group_name=aws.elasticache.SubnetGroup("data-cache", subnet_ids=ids).name,
        security_group_ids=[cache.id],
    )
    return cluster


def _edge(balancer: aws.lb.LoadBalancer, media: aws.s3.Bucket, logs: aws.s3.Bucket) -> None:
    zone = aws.route53.Zone("zone", name="example.org")
    firewall = aws.wafv2.WebAcl(
        "cdn",
        region="us-east-1",
        scope="CLOUDFRONT",
        default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
        visibility_config=aws.wafv2.WebAclVisibilityConfigArgs(
            cloudwatch_metrics_enabled=True, metric_name="cdn", sampled_requests_enabled=True
        ),
    )
    certificate = aws.acm.Certificate("cdn", region="us-east-1", domain_name="example.org", validation_method="DNS")
    control = aws.cloudfront.OriginAccessControl(
        "media", origin_access_control_origin_type="s3", signing_behavior="always", signing_protocol="sigv4"
    )
    distribution = aws.cloudfront.Distribution(
        "cdn",
        enabled=True,
        aliases=["example.org"],
        web_acl_id=firewall.arn,
        origins=[
            aws.cloudfront.DistributionOriginArgs(
                origin_id="web",
                domain_name=balancer.dns_name,
                custom_origin_config=aws.cloudfront.DistributionOriginCustomOriginConfigArgs(
                    http_port=80, https_port=443, origin_protocol_policy="https-only", origin_ssl_protocols=["TLSv1.2"]
                ),
            ),
            aws.cloudfront.DistributionOriginArgs(
                origin_id="media", domain_name=media.bucket_regional_domain_name, origin_access_control_id=control.id
            ),
        ],
        default_cache_behavior=aws.cloudfront.DistributionDefaultCacheBehaviorArgs(
            target_origin_id="web",
            viewer_protocol_policy="redirect-to-https",
            allowed_methods=["GET", "HEAD"],
            cached_methods=["GET", "HEAD"],
        ),
        restrictions=aws.cloudfront.DistributionRestrictionsArgs(
            geo_restriction=aws.cloudfront.DistributionRestrictionsGeoRestrictionArgs(restriction_type="none")
        ),
        viewer_certificate=aws.cloudfront.DistributionViewerCertificateArgs(
            acm_certificate_arn=certificate.arn, ssl_support_method="sni-only"
        ),
        logging_config=aws.cloudfront.DistributionLoggingConfigArgs(bucket=logs.bucket_domain_name),
    )
    aws.route53.Record(
        "www",
        zone_id=zone.zone_id,
        name="example.org",
        type="A",
        aliases=[
            aws.route53.RecordAliasArgs(
                name=distribution.domain_name, zone_id=distribution.hosted_zone_id, evaluate_target_health=False
            )
        ],
    )
    aws.s3.BucketPolicy(
        "media",
        bucket=media.id,
        policy=pulumi.Output.all(media.arn, distribution.arn).apply(
            lambda arns: json.dumps(
                {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "s3:GetObject",
                            "Resource": f"{arns[0]}/*",
                            "Principal": {"Service": "cloudfront.amazonaws.com"},
                            "Condition": {"StringEquals": {"aws:SourceArn": arns[1]}},
                        }
                    ]
                }
            )
        ),
    )


def _backup(media: aws.s3.Bucket) -> None:
    vault = aws.backup.Vault("vault")
    offsite = aws.backup.Vault("vault-offsite", region="eu-central-1")
    plan = aws.backup.Plan(
        "daily",
        rules=[
            aws.backup.PlanRuleArgs(
                rule_name="daily",
                target_vault_name=vault.name,
                schedule="cron(0 3 * * ? *)",
                copy_actions=[
                    aws.backup.PlanRuleCopyActionArgs(
                        destination_vault_arn=offsite.arn,
                        lifecycle=aws.backup.PlanRuleCopyActionLifecycleArgs(delete_after=35),
                    )
                ],
            )
        ],
    )
    role = aws.iam.Role("backup", assume_role_policy=json.dumps({"Statement": []}))
    aws.backup.Selection(
        "tagged",
        plan_id=plan.id,
        iam_role_arn=role.arn,
        selection_tags=[aws.backup.SelectionSelectionTagArgs(type="STRINGEQUALS", key="backup", value="daily")],
    )
    aws.backup.Selection("media", plan_id=plan.id, iam_role_arn=role.arn, resources=[media.arn])


def program() -> None:
    """VPC over three zones, load balancer, autoscaling group, Aurora, Valkey, CloudFront, S3, backup and alarms."""
    media, logs = aws.s3.Bucket("media"), aws.s3.Bucket("logs")
    aws.s3.BucketPublicAccessBlock("media", bucket=media.id, block_public_acls=True)
    vpc, subnets = _network()
    balancer, group, app = _application(vpc, subnets, media)
    cluster = _data(vpc, subnets, app)
    _edge(balancer, media, logs)
    _backup(media)
    topic = aws.sns.Topic("alarms")
    for name, dimension, metric in (
        ("cpu", {"AutoScalingGroupName": group.name}, "CPUUtilization"),
        ("lag", {"DBClusterIdentifier": cluster.cluster_identifier}, "AuroraReplicaLag"),
    ):
        aws.cloudwatch.MetricAlarm(
            name,
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=2,
            metric_name=metric,
            threshold=80,
            dimensions=dimension,
            alarm_actions=[topic.arn],
        )
