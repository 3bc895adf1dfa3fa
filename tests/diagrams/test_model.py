"""The model holds every resource, in an order and under ids that depend on nothing but the resources."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pulumi_aws as aws
import pytest
from topology.derive import derive
from topology.kinds import Change, EdgeKind, How, Placement
from topology.model import Model, plain

from archkit.graph import Graph, Resource
from archkit.recorder import record

ModelOf = Callable[[str], Model]
GraphOf = Callable[[str], Graph]


def test_every_resource_is_accounted_for(drawn: str, graph_of: GraphOf, model_of: ModelOf) -> None:
    graph, model = graph_of(drawn), model_of(drawn)
    assert set(model.accounted) == {resource.urn for resource in graph.resources}
    assert sum(model.counts.values()) == len(graph.resources) > 0


def test_every_account_names_a_part_that_is_there(program: str, model_of: ModelOf) -> None:
    model = model_of(program)
    known = {"", *model.node, *model.container, *model.edge}
    lost = {model.names[urn]: account for urn, account in model.accounted.items() if account.id not in known}
    assert not lost, "a foot line that counts what nobody can find is not honest"
    assert all(account.id for account in model.accounted.values() if account.how is not How.FOLDED)


def test_only_helpers_belong_to_nothing(program: str, model_of: ModelOf) -> None:
    model = model_of(program)
    nowhere = {model.types[urn] for urn, account in model.accounted.items() if not account.id}
    assert all(one.startswith("pulumi:providers:") for one in nowhere)


def test_nodes_edges_and_boxes_refer_to_each_other(program: str, model_of: ModelOf) -> None:
    model = model_of(program)
    seen: set[str] = set()
    for box in model.containers:
        assert not box.parent or box.parent in seen, "a parent precedes its children"
        seen.add(box.id)
    for node in model.nodes:
        assert not node.container or node.container in model.container
        assert set(node.networks) <= set(model.container)
    for edge in model.edges:
        assert edge.source in model.node
        assert edge.target in model.node
        assert edge.source != edge.target
        assert edge.evidence, f"{edge.id} must say why it is there"
    for access in model.accesses:
        assert access.target in model.node
        assert not access.edge or access.edge in model.edge


def test_ids_are_safe_in_svg_graphviz_and_mermaid(program: str, model_of: ModelOf) -> None:
    model = model_of(program)
    ids = [part.id for part in (*model.nodes, *model.containers, *model.edges)]
    assert len(ids) == len(set(ids))
    assert all(set(id_) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and id_[0].isalpha() for id_ in ids)


def test_another_resource_renames_nothing(program: str, graph_of: GraphOf, model_of: ModelOf) -> None:
    graph = graph_of(program)
    urn = f"urn:pulumi:{graph.stack}::{graph.project}::aws:sqs/queue:Queue::one-more"
    more = replace(graph, resources=(*graph.resources, Resource(urn=urn, type="aws:sqs/queue:Queue", name="one-more")))
    before, after = set(model_of(program).node), set(derive(more).node)
    assert before <= after
    assert len(after - before) == 1


def test_the_order_of_resources_does_not_matter(program: str, graph_of: GraphOf, model_of: ModelOf) -> None:
    graph = graph_of(program)
    shuffled = replace(graph, resources=tuple(reversed(graph.resources)))
    ours, theirs = model_of(program), derive(shuffled)
    assert {one.id for one in ours.nodes} == {one.id for one in theirs.nodes}
    assert {one.id: one.label for one in ours.edges} == {one.id: one.label for one in theirs.edges}


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_hash_is_the_same_under_every_hash_seed(seed: str, tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of("three_tier")
    path = tmp_path / "graph.json"
    path.write_text(graph.to_json(), encoding="utf-8")
    code = (
        "import sys, pathlib; from archkit.graph import Graph; from topology.derive import derive; "
        "sys.stdout.write(derive(Graph.from_json(pathlib.Path(sys.argv[1]).read_text(encoding='utf-8'))).hash)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == derive(graph).hash


def test_positions_are_not_part_of_the_hash(graph_of: GraphOf) -> None:
    graph = graph_of("serverless")
    assert graph.positions, "the recorder knows the lines"
    moved = replace(graph, positions={})
    assert derive(moved).hash == derive(graph).hash


def test_unknown_types_stay_visible(model_of: ModelOf) -> None:
    model = model_of("unknown_types")
    assert len(model.unknown) == 5
    assert all(model.accounted[urn].how is How.DRAWN for urn in model.unknown)


def test_names_with_markup_are_kept_as_they_are(model_of: ModelOf) -> None:
    labels = {node.label for node in model_of("unknown_types").nodes}
    assert "<script>alert('x')</script> & \"quotes\"" in labels, "a view escapes; the model must not lose the name"
    assert any(len(label) == 300 for label in labels)
    assert any("\u05de" in label for label in labels)


def test_secrets_never_reach_a_model(graph_of: GraphOf) -> None:
    import pulumi  # noqa: PLC0415 - only this test makes resources
    import pulumi_aws as aws  # noqa: PLC0415
    import pulumi_docker as docker  # noqa: PLC0415

    from archkit.recorder import record  # noqa: PLC0415

    def program() -> None:
        secret = pulumi.Output.secret("planted-9135")
        aws.sqs.Queue("queue", name=secret, tags={"key": secret}, policy=secret)
        aws.rds.Cluster("db", engine="aurora-postgresql", master_password=secret, engine_version=secret)
        aws.route53.Record("name", zone_id=secret, name=secret, type="A", records=[secret])
        aws.cloudfront.OriginAccessControl(
            "access",
            description=secret,
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
        )
        docker.Container("box", name=secret, image=secret, envs=[secret], command=[secret])
        docker.ServiceConfig("config", data_raw=secret)
        docker.Network("net", name=secret)

    model = derive(record(program))
    assert "planted" not in str(plain(model))
    assert "planted" not in model.hash + str(model.document())


def test_changes_of_a_preview_reach_nodes_edges_and_boxes(graph_of: GraphOf) -> None:
    graph = graph_of("three_tier")
    by_name = {(one.type.rpartition(":")[2], one.name): one.urn for one in graph.resources}
    changes = {
        by_name["ReplicationGroup", "data-cache"]: Change.CREATE,
        by_name["Vpc", "net-vpc"]: Change.REPLACE,
        by_name["LaunchTemplate", "web"]: Change.UPDATE,
        by_name["SecurityGroupIngressRule", "app-to-data"]: Change.DELETE,
    }
    model = derive(graph, changes=changes)
    assert model.changed
    assert model.node["elasticache-replication-group-data-cache"].change is Change.CREATE
    assert model.container["ec2-vpc-net-vpc"].change is Change.REPLACE
    assert model.node["autoscaling-group-web-asg"].change is Change.UPDATE, "a detail of it changes"
    edge = model.edge["traffic--autoscaling-group-web-asg--rds-cluster-data-db"]
    assert edge.change is Change.DELETE
    assert not derive(graph).changed


def test_zones_are_only_as_sure_as_the_facts(model_of: ModelOf) -> None:
    node = model_of("three_tier").node
    assert node["rds-cluster-data-db"].placement is Placement.IN, "both instances name their zones"
    cache = node["elasticache-replication-group-data-cache"]
    assert (cache.placement, cache.zone_note) == (Placement.MAY, "may be in"), "a subnet group says no more"
    chosen = model_of("fargate").node["rds-instance-orders"]
    assert (chosen.placement, chosen.zone_note) == (Placement.CHOSEN, "zone chosen by AWS")


def test_deriving_is_linear_and_quick() -> None:
    def seconds(count: int) -> float:
        graph = _wide(count)
        derive(graph)
        best = 9.9
        for _ in range(3):
            start = time.perf_counter()
            model = derive(graph)
            best = min(best, time.perf_counter() - start)
        assert len(model.accounted) == len(graph.resources) >= count
        return best

    small, large = seconds(500), seconds(2000)
    assert large < 1.5, f"2000 resources took {large:.2f} s"
    assert large / small < 4 * 1.9, f"four times the resources took {large / small:.1f} times as long"


def _wide(count: int) -> Graph:
    """The serverless program again and again, each copy with names of its own."""
    from archkit.graph import Reference  # noqa: PLC0415

    resources: list[Resource] = []
    for index in range(count // 5):

        def urn(type_: str, name: str, number: int = index) -> str:
            return f"urn:pulumi:s::p::{type_}::{name}-{number:05}"

        group, rule = "aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
        server, balancer = "aws:ec2/instance:Instance", "aws:lb/loadBalancer:LoadBalancer"

        def one(type_: str, name: str, inputs: dict[str, object], **uses: str) -> Resource:
            return Resource(
                urn=urn(type_, name),
                type=type_,
                name=urn(type_, name).rpartition("::")[2],
                inputs=inputs,
                references=tuple(Reference(path=path, urn=to, output="id") for path, to in uses.items()),
                reads={path: (to,) for path, to in uses.items()},
            )

        resources += [
            one(group, "front", {}),
            one(group, "back", {}),
            one(balancer, "edge", {"internal": False}, securityGroups=urn(group, "front")),
            one(server, "server", {"ami": f"ami-{index}"}, vpcSecurityGroupIds=urn(group, "back")),
            one(
                rule,
                "in",
                {"ipProtocol": "tcp", "fromPort": 8080, "toPort": 8080},
                securityGroupId=urn(group, "back"),
                referencedSecurityGroupId=urn(group, "front"),
            ),
        ]
    graph = Graph(project="p", stack="s", resources=tuple(sorted(resources, key=lambda item: item.urn)))
    assert len([edge for edge in derive(graph).edges if edge.kind is EdgeKind.TRAFFIC]) == count // 5
    return graph


def test_a_program_without_zone_names_stands_in_the_stacks_region() -> None:
    def program() -> None:
        aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")

    named = derive(record(program, stack="dev", config={"aws:region": "ap-southeast-2"}))
    assert "region-ap-southeast-2" in named.container, "the stack's configuration says where it is"
    assert "the stack's region" in {one.label for one in derive(record(program, stack="dev")).containers}
