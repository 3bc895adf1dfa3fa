"""ECS on Fargate behind an application load balancer, with RDS Proxy, secrets and a registry."""

import json

import pulumi
import pulumi_aws as aws

ZONES = ("eu-central-1a", "eu-central-1b")


def program() -> None:
    """Two services behind one load balancer, told apart by path; rules stand inline in the security groups."""
    vpc = aws.ec2.Vpc("main", cidr_block="10.20.0.0/16")
    gateway = aws.ec2.InternetGateway("main", vpc_id=vpc.id)
    table = aws.ec2.RouteTable("public", vpc_id=vpc.id)
    aws.ec2.Route("public", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
    public: list[aws.ec2.Subnet] = []
    private: list[aws.ec2.Subnet] = []
    for index, zone in enumerate(ZONES):
        front = aws.ec2.Subnet(
            f"public-{index}", vpc_id=vpc.id, cidr_block=f"10.20.{index}.0/24", availability_zone=zone
        )
        aws.ec2.RouteTableAssociation(f"public-{index}", subnet_id=front.id, route_table_id=table.id)
        nat = aws.ec2.NatGateway(f"nat-{index}", subnet_id=front.id, allocation_id=aws.ec2.Eip(f"nat-{index}").id)
        back = aws.ec2.Subnet(
            f"private-{index}", vpc_id=vpc.id, cidr_block=f"10.20.{10 + index}.0/24", availability_zone=zone
        )
        out = aws.ec2.RouteTable(
            f"private-{index}",
            vpc_id=vpc.id,
            routes=[aws.ec2.RouteTableRouteArgs(cidr_block="0.0.0.0/0", nat_gateway_id=nat.id)],
        )
        aws.ec2.RouteTableAssociation(f"private-{index}", subnet_id=back.id, route_table_id=out.id)
        public.append(front)
        private.append(back)

    def group(name: str, port: int, **source: object) -> aws.ec2.SecurityGroup:
        rule = aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=port, to_port=port, **source)  # pyright: ignore[reportArgumentType]
        return aws.ec2.SecurityGroup(name, vpc_id=vpc.id, ingress=[rule])

    edge = group("edge", 443, cidr_blocks=["0.0.0.0/0"], ipv6_cidr_blocks=["::/0"])
    tasks = group("tasks", 8080, security_groups=[edge.id])
    pool = group("pool", 5432, security_groups=[tasks.id])
    data = group("data", 5432, security_groups=[pool.id])
    balancer = aws.lb.LoadBalancer("edge", security_groups=[edge.id], subnets=[one.id for one in public])
    database = aws.rds.Instance(
        "orders",
        engine="postgres",
        instance_class="db.t4g.medium",
        allocated_storage=50,
        multi_az=True,
        manage_master_user_password=True,
        username="orders",
        vpc_security_group_ids=[data.id],
        db_subnet_group_name=aws.rds.SubnetGroup("orders", subnet_ids=[one.id for one in private]).name,
    )
    secret = aws.secretsmanager.Secret("orders")
    proxy_role = aws.iam.Role("proxy", assume_role_policy=json.dumps({"Statement": []}))
    proxy = aws.rds.Proxy(
        "orders",
        engine_family="POSTGRESQL",
        role_arn=proxy_role.arn,
        vpc_subnet_ids=[one.id for one in private],
        vpc_security_group_ids=[pool.id],
        auths=[aws.rds.ProxyAuthArgs(auth_scheme="SECRETS", secret_arn=secret.arn)],
    )
    aws.rds.ProxyDefaultTargetGroup("orders", db_proxy_name=proxy.name)
    aws.rds.ProxyTarget(
        "orders", db_proxy_name=proxy.name, target_group_name="default", db_instance_identifier=database.identifier
    )
    cluster = aws.ecs.Cluster("main")
    listener = aws.lb.Listener(
        "https",
        load_balancer_arn=balancer.arn,
        port=443,
        protocol="HTTPS",
        certificate_arn="arn:aws:acm:eu-central-1:123456789012:certificate/0",
        default_actions=[
            aws.lb.ListenerDefaultActionArgs(
                type="fixed-response",
                fixed_response=aws.lb.ListenerDefaultActionFixedResponseArgs(content_type="text/plain"),
            )
        ],
    )
    images = aws.ecr.Repository("shop")
    for priority, name in enumerate(("shop", "admin"), start=1):
        logs = aws.cloudwatch.LogGroup(name, retention_in_days=14)
        role = aws.iam.Role(name, assume_role_policy=json.dumps({"Statement": []}))
        task = aws.ecs.TaskDefinition(
            name,
            family=name,
            cpu="512",
            memory="1024",
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            task_role_arn=role.arn,
            container_definitions=pulumi.Output.all(images.repository_url, logs.name, secret.arn).apply(
                lambda known: json.dumps(
                    [
                        {
                            "name": "app",
                            "image": f"{known[0]}:1",
                            "portMappings": [{"containerPort": 8080}],
                            "secrets": [{"name": "PASSWORD", "valueFrom": known[2]}],
                            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": known[1]}},
                        }
                    ]
                )
            ),
        )
        targets = aws.lb.TargetGroup(name, port=8080, protocol="HTTP", target_type="ip", vpc_id=vpc.id)
        rule = aws.lb.ListenerRule(
            name,
            listener_arn=listener.arn,
            priority=priority,
            conditions=[
                aws.lb.ListenerRuleConditionArgs(
                    path_pattern=aws.lb.ListenerRuleConditionPathPatternArgs(values=[f"/{name}/*"])
                )
            ],
            actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=targets.arn)],
        )
        service = aws.ecs.Service(
            name,
            cluster=cluster.arn,
            desired_count=3,
            launch_type="FARGATE",
            task_definition=task.arn,
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=[one.id for one in private], security_groups=[tasks.id]
            ),
            load_balancers=[
                aws.ecs.ServiceLoadBalancerArgs(target_group_arn=targets.arn, container_name="app", container_port=8080)
            ],
            opts=pulumi.ResourceOptions(depends_on=[rule]),
        )
        scaled = aws.appautoscaling.Target(
            name,
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.concat("service/", cluster.name, "/", service.name),
            min_capacity=3,
            max_capacity=9,
        )
        aws.appautoscaling.Policy(
            name,
            policy_type="TargetTrackingScaling",
            resource_id=scaled.resource_id,
            scalable_dimension=scaled.scalable_dimension,
            service_namespace=scaled.service_namespace,
        )
