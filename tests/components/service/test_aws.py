"""The service on EC2 Auto Scaling: what its instances are, may do, and when there are more of them."""

import base64
import json
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from archkit.graph import Graph, Resource
from archkit.recorder import record
from components.access.aws import AwsAccess, AwsReachable
from components.connect import Connectable, Endpoint
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.network import NetworkArgs
from components.profile import Profile
from components.service import Capacity, HealthCheck, ScalingPolicy, ScheduledMinimum, ServiceArgs, Size
from components.settings import Architecture, AwsSettings, LocalSettings
from components.targets.aws import AwsTarget
from components.targets.local import LocalTarget

REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/web"
IMAGE = f"{REPOSITORY}@sha256:{'a' * 64}"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SETTINGS = AwsSettings(images={"web": IMAGE})


class Orders(Connectable, AwsReachable):
    """A database stand-in: a group that guards it and a secret to read."""

    def __init__(self, vpc_id: pulumi.Input[str]) -> None:
        super().__init__("archkit:aws:Database", "orders", None, None)
        under = pulumi.ResourceOptions(parent=self)
        self.guard = aws.ec2.SecurityGroup(self.part("guard"), vpc_id=vpc_id, opts=under)
        self.password = aws.secretsmanager.Secret(self.part("password"), opts=under)
        self.register_outputs({})

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(scheme="postgresql", host="orders.internal", port=5432)

    @property
    def access(self) -> AwsAccess:
        connect = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": "arn:aws:rds-db:::dbuser:*/web"}
        return AwsAccess(security_group_id=self.guard.id, port=5432, statements=[connect], secret_arn=self.password.arn)


def deployed(
    args: ServiceArgs | None = None, settings: AwsSettings = SETTINGS, *, linked: bool = False, name: str = "web"
) -> Graph:
    def program() -> None:
        target = AwsTarget(settings)
        network = target.network("network", NetworkArgs())
        image = target.image("image", ImageArgs(app="web"))
        links = [Orders(network.vpc_id)] if linked else []  # type: ignore[attr-defined]
        target.service(name, args or ServiceArgs(), network=network, image=image, links=links)

    # A number cannot name where it comes from, so the template's version gets one that nothing else has.
    return record(program, stack="web-aws", resources={TEMPLATE: {"latestVersion": 4711}})


def uses(resource: Resource, path: str, graph: Graph) -> list[tuple[str, str]]:
    """Which output of which resource stands at a place in another's inputs."""
    names = {one.urn: one.name for one in graph.resources}
    return [
        (names[one.urn], one.output)
        for one in resource.references
        if one.path == path or one.path.startswith((f"{path}[", f"{path}."))
    ]


def user_data(graph: Graph) -> str:
    return base64.b64decode(graph.named("web-template").inputs["userData"]).decode()


def statements(graph: Graph) -> list[dict[str, Any]]:
    return json.loads(graph.named("web-permissions").inputs["policy"])["Statement"]


def test_the_group_runs_the_templates_latest_version_in_the_private_subnets_behind_its_own_target_group() -> None:
    graph = deployed()

    group = graph.named("web-group")
    assert uses(group, "launchTemplate.id", graph) == [("web-template", "id")]
    assert group.inputs["launchTemplate"]["version"] == "4711", "with $Latest no change would reach the group"
    assert uses(group, "vpcZoneIdentifiers", graph) == [(f"network-private-{zone}", "id") for zone in (1, 2, 3)]
    assert uses(group, "targetGroupArns", graph) == [("web-targets", "arn")]
    assert uses(graph.named("web-targets"), "vpcId", graph) == [("network-vpc", "id")]


def test_a_change_rolls_out_a_new_instance_first_and_rolls_back_by_itself() -> None:
    graph = deployed()

    group = graph.named("web-group").inputs
    refresh = group["instanceRefresh"]
    assert refresh["strategy"] == "Rolling"
    assert refresh["preferences"]["autoRollback"] is True
    assert refresh["preferences"]["minHealthyPercentage"] == 100, "an old instance would go before the new one serves"
    assert refresh["preferences"]["maxHealthyPercentage"] > 100
    assert group["instanceMaintenancePolicy"]["minHealthyPercentage"] == 100
    assert "resolve:ssm" not in graph.named("web-template").inputs["imageId"], "a refresh could not roll back"


def test_a_new_instance_has_time_to_boot_before_its_checks_and_figures_count() -> None:
    args = ServiceArgs(health=HealthCheck(start_seconds=30), scaling=ScalingPolicy(warm_up_seconds=90))
    group = deployed(args).named("web-group").inputs

    assert group["healthCheckType"] == "ELB"
    assert group["healthCheckGracePeriod"] == 180 + 30, "shorter, and each instance would be ended while it still boots"
    assert group["defaultInstanceWarmup"] == 180 + 90


def test_whoever_scales_decides_how_many_run() -> None:
    group = deployed(ServiceArgs(capacity=Capacity(minimum=4, maximum=9))).named("web-group").inputs

    assert (group["minSize"], group["maxSize"]) == (4, 9)
    assert "desiredCapacity" not in group, "each deployment would undo what scaling did"


def test_the_run_does_not_wait_for_a_load_balancer_that_is_made_later() -> None:
    group = deployed().named("web-group").inputs

    assert {"minElbCapacity", "waitForElbCapacity"}.isdisjoint(group)


def test_all_group_metrics_are_collected_each_minute() -> None:
    group = deployed().named("web-group").inputs

    assert group["metricsGranularity"] == "1Minute"
    assert {"GroupInServiceInstances", "GroupDesiredCapacity", "GroupTotalInstances"} <= set(group["enabledMetrics"])
    assert len(group["enabledMetrics"]) == 13


def test_instances_and_their_disks_carry_the_tags_of_the_service() -> None:
    graph = deployed()

    tags = graph.named("web-group").inputs["tags"]
    assert all(tag["propagateAtLaunch"] for tag in tags)
    on_instances = {tag["key"]: tag["value"] for tag in tags}
    assert on_instances["archkit.component"] == "web"
    assert on_instances["archkit.role"] == "replica"
    (disks,) = graph.named("web-template").inputs["tagSpecifications"]
    assert (disks["resourceType"], disks["tags"]) == ("volume", on_instances)


def test_replicas_follow_cpu_unless_told_not_to() -> None:
    graph = deployed(ServiceArgs(scaling=ScalingPolicy(cpu_percent=50, scale_in=False)))

    policy = graph.named("web-cpu")
    assert uses(policy, "autoscalingGroupName", graph) == [("web-group", "name")]
    tracking = policy.inputs["targetTrackingConfiguration"]
    assert tracking["predefinedMetricSpecification"] == {"predefinedMetricType": "ASGAverageCPUUtilization"}
    assert (tracking["targetValue"], tracking["disableScaleIn"]) == (50, True)
    assert not deployed(ServiceArgs(scaling=ScalingPolicy(cpu_percent=None))).of_type("aws:autoscaling/policy:Policy")


def test_a_schedule_sets_the_minimum_and_leaves_the_rest() -> None:
    morning = ScheduledMinimum(name="morning", schedule="0 7 * * 1-5", minimum=5)
    graph = deployed(ServiceArgs(scaling=ScalingPolicy(schedules=(morning,))))

    schedule = graph.named("web-schedule-morning")
    assert uses(schedule, "autoscalingGroupName", graph) == [("web-group", "name")]
    assert (schedule.inputs["recurrence"], schedule.inputs["timeZone"]) == ("0 7 * * 1-5", "Etc/UTC")
    assert (schedule.inputs["minSize"], schedule.inputs["maxSize"], schedule.inputs["desiredCapacity"]) == (
        5,
        -1,
        -1,
    ), "an omitted size means 0, and the group would be emptied"


def test_who_fails_for_life_is_replaced_so_the_check_asks_nothing_of_dependencies() -> None:
    args = ServiceArgs(health=HealthCheck(live_path="/alive", ready_path="/ready"), drain_seconds=25, port=9000)
    targets = deployed(args).named("web-targets").inputs

    assert targets["healthCheck"]["path"] == "/alive"
    assert targets["deregistrationDelay"] == 25
    assert targets["port"] == 9000
    assert targets["healthCheck"]["timeout"] < targets["healthCheck"]["interval"]
    assert "slowStart" not in targets, "least outstanding requests excludes it"


def test_metadata_needs_a_token_and_the_container_reaches_it() -> None:
    options = deployed().named("web-template").inputs["metadataOptions"]

    assert options["httpTokens"] == "required"
    assert options["httpPutResponseHopLimit"] == 2, "a bridged container is one hop further away"


def test_the_disk_is_encrypted_nobody_logs_in_by_key_and_figures_come_each_minute() -> None:
    template = deployed().named("web-template").inputs

    (disk,) = template["blockDeviceMappings"]
    assert disk["ebs"]["volumeType"] == "gp3"
    assert disk["ebs"]["encrypted"] == "true", "a text: with a bool the preview would show a change for ever"
    assert disk["ebs"]["deleteOnTermination"] == "true"
    assert template["ebsOptimized"] == "true"
    assert "keyName" not in template
    assert template["monitoring"]["enabled"] is True


@pytest.mark.parametrize(
    ("architecture", "size", "machine"),
    [
        (Architecture.X86_64, Size.SMALL, "t3.small"),
        (Architecture.X86_64, Size.LARGE, "m7i.xlarge"),
        (Architecture.ARM64, Size.MEDIUM, "m7g.large"),
    ],
)
def test_a_size_is_an_instance_type_and_its_operating_system_fits_it(
    architecture: Architecture, size: Size, machine: str
) -> None:
    template = deployed(ServiceArgs(size=size), replace(SETTINGS, architecture=architecture)).named("web-template")

    assert template.inputs["instanceType"] == machine
    assert template.inputs["imageId"].endswith(f"al2023-ami-kernel-default-{architecture}#insecureValue")


def test_instances_may_pull_their_own_repository_and_write_their_own_log_and_nothing_else() -> None:
    graph = deployed()

    granted = {
        action: one["Resource"]
        for one in statements(graph)
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    repository = "arn:aws:ecr:eu-central-1:123456789012:repository/team/web"
    log = "mock://aws:cloudwatch/logGroup:LogGroup/web-log#arn:*"
    assert granted == {
        "ecr:GetAuthorizationToken": "*",
        "ecr:BatchCheckLayerAvailability": repository,
        "ecr:BatchGetImage": repository,
        "ecr:GetDownloadUrlForLayer": repository,
        "logs:CreateLogStream": log,
        "logs:PutLogEvents": log,
    }


def test_an_image_of_another_registry_needs_no_permission_of_ecr() -> None:
    graph = deployed(settings=replace(SETTINGS, images={"web": "ghcr.io/team/web:1"}))

    assert not any("ecr:" in json.dumps(one) for one in statements(graph))
    assert "credential-helper" not in user_data(graph)


def test_instances_get_the_role_and_are_reached_by_session_manager() -> None:
    graph = deployed()

    assert uses(graph.named("web-template"), "iamInstanceProfile", graph) == [("web-profile", "arn")]
    assert uses(graph.named("web-profile"), "role", graph) == [("web-role", "name")]
    session = graph.named("web-session-manager")
    assert session.inputs["policyArn"] == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    assert uses(session, "role", graph) == [("web-role", "name")]
    trusted = json.loads(graph.named("web-role").inputs["assumeRolePolicy"])["Statement"]
    assert [one["Principal"] for one in trusted] == [{"Service": "ec2.amazonaws.com"}]


def test_nobody_is_let_in_until_somebody_is_linked_and_only_https_goes_out() -> None:
    graph = deployed()

    assert not graph.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    (out,) = graph.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    assert (out.inputs["fromPort"], out.inputs["toPort"], out.inputs["cidrIpv4"]) == (443, 443, "0.0.0.0/0")
    assert uses(graph.named("web-template"), "vpcSecurityGroupIds", graph) == [("web-instances", "id")]
    assert {"ingress", "egress"}.isdisjoint(graph.named("web-instances").inputs), "inline rules undo separate ones"


def test_a_link_opens_both_groups_tells_the_address_and_grants_what_it_needs() -> None:
    graph = deployed(linked=True)

    out, into = graph.named("web-to-orders"), graph.named("web-into-orders")
    assert uses(out, "securityGroupId", graph) == [("web-instances", "id")]
    assert uses(out, "referencedSecurityGroupId", graph) == [("orders-guard", "id")]
    assert uses(into, "securityGroupId", graph) == [("orders-guard", "id")]
    assert uses(into, "referencedSecurityGroupId", graph) == [("web-instances", "id")]
    assert {one.inputs[key] for one in (out, into) for key in ("fromPort", "toPort")} == {5432}
    assert ("orders-password", "arn") in uses(graph.named("web-permissions"), "policy", graph)
    assert "rds-db:connect" in {one["Action"] for one in statements(graph) if isinstance(one["Action"], str)}
    told = user_data(graph)
    assert "ORDERS_URL=postgresql://orders.internal:5432" in told
    assert "ORDERS_SECRET_ARN=mock://aws:secretsmanager/secret:Secret/orders-password#arn" in told
    assert graph.named("web").outputs["links"] == [{"to": graph.named("orders").urn, "port": 5432}]


def test_containers_write_to_a_log_that_is_kept_as_long_as_the_settings_say() -> None:
    graph = deployed(settings=replace(SETTINGS, log_retention_days=30))

    log = graph.named("web-log")
    assert (log.inputs["name"], log.inputs["retentionInDays"]) == ("/archkit/web-aws/web", 30)
    assert "--log-opt awslogs-group=/archkit/web-aws/web" in user_data(graph)


def test_production_needs_three_replicas() -> None:
    with pytest.raises(InvalidArgsError) as refused:
        deployed(ServiceArgs(capacity=Capacity(minimum=2)), replace(SETTINGS, profile=Profile.PROD))

    assert refused.value.problems == (
        "service/web/capacity/minimum: must be at least 3 in the prod profile, got 2; "
        "with one zone lost, fewer would leave a single replica",
    )


def test_all_that_aws_would_refuse_is_told_at_once() -> None:
    args = ServiceArgs(environment={"MOTD": "one\ntwo", "LONG": "x" * 9000})

    with pytest.raises(InvalidArgsError) as refused:
        deployed(args, name="a-name-that-is-far-too-long")

    assert refused.value.problems == (
        "service/a-name-that-is-far-too-long: the name 'a-name-that-is-far-too-long-targets' and its suffix must be at "
        "most 32 characters, got 43; the limit is the cloud's (Elastic Load Balancing, CreateTargetGroup: Name); "
        "shorten the component's name",
        "service/a-name-that-is-far-too-long/environment/MOTD: must be one line of printable characters on aws, "
        "got 'one\\ntwo'; it goes through a file with one variable a line",
        "service/a-name-that-is-far-too-long/environment: must be at most 8192 bytes on aws, got 9019; "
        "an instance is told no more than 16384 bytes at its start",
    )


def test_a_link_to_a_service_is_refused_with_the_way_that_works() -> None:
    def program() -> None:
        target = AwsTarget(SETTINGS)
        network = target.network("network", NetworkArgs())
        image = target.image("image", ImageArgs(app="web"))
        api = target.service("api", ServiceArgs(), network=network, image=image)
        target.service("web", ServiceArgs(), network=network, image=image, links=[api])

    with pytest.raises(InvalidArgsError) as refused:
        record(program)

    assert refused.value.problems == (
        "service/api/endpoint: not available on aws; instances of a group have no name of their own; "
        "link to a load balancer or a queue in front of it",
    )


def test_a_network_of_another_target_is_refused() -> None:
    def program() -> None:
        elsewhere = LocalTarget(LocalSettings()).network("network", NetworkArgs())
        target = AwsTarget(SETTINGS)
        target.service("web", ServiceArgs(), network=elsewhere, image=target.image("image", ImageArgs(app="web")))

    with pytest.raises(InvalidArgsError) as refused:
        record(program)

    assert refused.value.problems == (
        "service 'web': its network 'network' runs on local, but this one runs on aws; "
        "a design is deployed on one target",
    )
