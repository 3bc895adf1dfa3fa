"""Declared links are held against the network rules, and the model says where the two differ."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_docker as docker
from topology.derive import derive
from topology.kinds import EdgeKind
from topology.model import Edge, Model

from archkit.recorder import record


class Part(pulumi.ComponentResource):
    """A component with one resource and declared links."""

    def __init__(self, name: str) -> None:
        super().__init__("test:index:Part", name)
        self.opts = pulumi.ResourceOptions(parent=self)

    def done(self, *links: "tuple[Part, int]") -> None:
        self.register_outputs({"links": [{"to": one.urn, "port": port} for one, port in links]})


def _model(*, rule: int | None, link: int | None, cidr: str = "") -> Model:
    def program() -> None:
        web, data = Part("web"), Part("data")
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        front = aws.ec2.SecurityGroup("front", vpc_id=vpc.id, opts=web.opts)
        back = aws.ec2.SecurityGroup("back", vpc_id=vpc.id, opts=data.opts)
        subnet = aws.ec2.Subnet("one", vpc_id=vpc.id, cidr_block="10.0.0.0/24", availability_zone="eu-west-1a")
        aws.ec2.Instance("server", ami="ami-1", subnet_id=subnet.id, vpc_security_group_ids=[front.id], opts=web.opts)
        aws.rds.Instance(
            "store", engine="postgres", instance_class="x", vpc_security_group_ids=[back.id], opts=data.opts
        )
        if rule is not None:
            source: dict[str, Any] = {"cidr_ipv4": cidr} if cidr else {"referenced_security_group_id": front.id}
            aws.vpc.SecurityGroupIngressRule(
                "in", security_group_id=back.id, ip_protocol="tcp", from_port=rule, to_port=rule, **source
            )
        data.done()
        web.done(*([(data, link)] if link is not None else []))

    return derive(record(program))


def _edge(model: Model) -> Edge:
    (edge,) = [one for one in model.edges if one.kind is EdgeKind.TRAFFIC]
    return edge


def test_a_link_and_its_rule_are_one_arrow_with_both_as_evidence() -> None:
    edge = _edge(_model(rule=5432, link=5432))
    assert (edge.declared, edge.derived, edge.disagreement) == (True, True, "")
    assert {one.text.split()[0] for one in edge.evidence} == {"security", "web"}


def test_a_link_without_a_rule_says_so() -> None:
    edge = _edge(_model(rule=None, link=5432))
    assert (edge.declared, edge.derived, edge.label) == (True, False, "5432")
    assert edge.disagreement == "a link is declared, but no network rule lets server reach store on port 5432"


def test_a_rule_without_a_link_says_so() -> None:
    edge = _edge(_model(rule=5432, link=None))
    assert (edge.declared, edge.derived) == (False, True)
    assert edge.disagreement == "the network lets server reach store on 5432, but no link declares it"


def test_a_link_to_another_port_than_the_rules_says_so() -> None:
    edge = _edge(_model(rule=5433, link=5432))
    assert edge.disagreement == "the link declares port 5432, the network rules allow 5433"


def test_a_rule_for_the_address_range_of_the_source_is_enough_for_a_link() -> None:
    edge = _edge(_model(rule=5432, link=5432, cidr="10.0.0.0/16"))
    assert (edge.derived, edge.disagreement) == (True, "")


def test_a_rule_for_another_address_range_is_not() -> None:
    edge = _edge(_model(rule=5432, link=5432, cidr="192.168.0.0/16"))
    assert "no network rule" in edge.disagreement


def test_on_docker_who_joins_the_network_of_a_component_may_reach_it() -> None:
    def program() -> None:
        label = [docker.NetworkLabelArgs(label="archkit.component", value="orders")]
        network = docker.Network("orders", labels=label)
        for name, image in (("orders", "postgres:17"), ("web", "example/web:1")):
            docker.Container(
                name,
                image=image,
                labels=[docker.ContainerLabelArgs(label="archkit.component", value=name)],
                networks_advanced=[docker.ContainerNetworksAdvancedArgs(name=network.id)],
            )

    model = derive(record(program))
    assert [(one.source, one.target, one.label) for one in model.edges] == [
        ("docker-container-web", "docker-container-orders", "5432")
    ]


def test_a_name_in_a_configuration_without_a_common_network_says_so() -> None:
    def program() -> None:
        for name, envs in (("web", ["DB=postgresql://store:5432"]), ("store", list[str]())):
            network = docker.Network(name)
            docker.Container(
                name,
                name=name,
                image="example/x",
                envs=envs,
                networks_advanced=[docker.ContainerNetworksAdvancedArgs(name=network.id)],
            )

    edge = _edge(derive(record(program)))
    assert edge.disagreement == "web names store, but no network joins the two"
