"""Each question is asked where it must be, with the line and the remedy, and nowhere else."""

from collections.abc import Callable

import pulumi_aws as aws
from topology.derive import derive
from topology.lint import Finding, lint
from topology.model import Model

from archkit.recorder import record


def _findings(program: Callable[[], None]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for one in lint(derive(record(program))):
        found.setdefault(one.rule, []).append(one)
    return found


def test_a_sound_program_raises_no_question(model_of: Callable[[str], Model]) -> None:
    for name in ("three_tier", "fargate", "two_regions", "swarm", "docker_host", "serverless"):
        assert lint(model_of(name)) == (), name


def _subnet(vpc: aws.ec2.Vpc, name: str, zone: str = "eu-west-1a") -> aws.ec2.Subnet:
    return aws.ec2.Subnet(name, vpc_id=vpc.id, cidr_block="10.0.0.0/24", availability_zone=zone)


def test_a_private_subnet_without_a_route_out_is_found_where_something_runs_in_it() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        aws.ec2.Instance("server", ami="ami-1", subnet_id=_subnet(vpc, "closed").id)
        _subnet(vpc, "empty")

    (found,) = _findings(program)["no-route-out"]
    assert found.label == "closed 10.0.0.0/24"
    assert "NAT gateway" in found.remedy
    line = _subnet.__code__.co_firstlineno + 1
    assert found.place == f"tests/diagrams/lint/test_lint.py:{line}"


def test_a_load_balancer_without_targets_is_found() -> None:
    def program() -> None:
        balancer = aws.lb.LoadBalancer("edge")
        group = aws.lb.TargetGroup("nobody", port=80, protocol="HTTP")
        action = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)
        aws.lb.Listener("http", load_balancer_arn=balancer.arn, port=80, default_actions=[action])

    (found,) = _findings(program)["no-targets"]
    assert found.label == "edge"
    assert "every request gets an error" in found.reason


def test_a_bucket_that_nobody_uses_is_found_and_a_log_bucket_is_not() -> None:
    def program() -> None:
        aws.s3.Bucket("forgotten")
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        flows, logs, media = aws.s3.Bucket("flows"), aws.s3.Bucket("logs"), aws.s3.Bucket("media")
        aws.ec2.FlowLog(
            "flows", vpc_id=vpc.id, log_destination=flows.arn, log_destination_type="s3", traffic_type="ALL"
        )
        aws.s3.BucketLogging("media", bucket=media.id, target_bucket=logs.id, target_prefix="media/")

    assert [one.label for one in _findings(program)["unused-bucket"]] == ["forgotten"]


def test_a_group_that_is_open_to_the_world_on_another_port_is_found() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        rules = [
            aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=port, to_port=port, cidr_blocks=["0.0.0.0/0"])
            for port in (22, 80, 443)
        ]
        group = aws.ec2.SecurityGroup("open", vpc_id=vpc.id, ingress=rules)
        inner = aws.ec2.SecurityGroup("inner", vpc_id=vpc.id)
        aws.vpc.SecurityGroupIngressRule(
            "inside", security_group_id=inner.id, cidr_ipv4="10.0.0.0/16", ip_protocol="tcp", from_port=22, to_port=22
        )
        aws.ec2.Instance("server", ami="ami-1", vpc_security_group_ids=[group.id, inner.id])

    (found,) = _findings(program)["open-to-the-world"]
    assert "reach server on port 22" in found.reason
    assert found.label == "security group rule open"
    assert found.place


def test_a_tier_in_a_single_zone_is_found() -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        one, two = _subnet(vpc, "one"), _subnet(vpc, "two", "eu-west-1b")
        gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id)
        table = aws.ec2.RouteTable("table", vpc_id=vpc.id)
        aws.ec2.Route("out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
        aws.ec2.RouteTableAssociation("two", subnet_id=two.id, route_table_id=table.id)
        aws.ec2.Instance("server", ami="ami-1", subnet_id=one.id)

    (found,) = _findings(program)["single-zone"]
    assert found.label == "private tier of VPC vpc 10.0.0.0/16"
    assert "the loss of that zone takes the whole tier" in found.reason


def test_a_finding_reads_as_one_line_with_its_place() -> None:
    found = Finding(rule="no-targets", urn="u", subject="s", label="edge", place="a.py:3", reason="why", remedy="how")
    assert str(found) == "a.py:3: edge: why; how [no-targets]"
