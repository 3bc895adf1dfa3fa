"""Two models compared: what came, what went, what differs, and one model that shows both."""

from collections.abc import Callable
from dataclasses import replace

from topology.derive import derive
from topology.diff import diff
from topology.kinds import Change

from archkit.graph import Graph

GraphOf = Callable[[str], Graph]


def _without(graph: Graph, *names: str) -> Graph:
    return replace(graph, resources=tuple(one for one in graph.resources if one.name not in names))


def test_a_model_does_not_differ_from_itself(program: str, graph_of: GraphOf) -> None:
    model = derive(graph_of(program))
    found = diff(model, derive(graph_of(program)))
    assert found.same
    assert found.lines() == ()
    assert found.merged == model
    assert not found.merged.changed


def test_what_is_new_and_what_is_gone_are_told_apart(graph_of: GraphOf) -> None:
    whole = graph_of("three_tier")
    base, head = derive(_without(whole, "data-cache", "cache", "app-to-cache")), derive(_without(whole, "media"))
    found = diff(base, head)
    assert "+ node data-cache (ElastiCache Valkey)" in found.lines()
    assert "+ edge web-asg -> data-cache 6379" in found.lines()
    assert "- node media (S3 bucket)" in found.lines()
    merged = found.merged
    assert merged.node["elasticache-replication-group-data-cache"].change is Change.CREATE
    assert merged.node["s3-bucket-media"].change is Change.DELETE
    assert merged.edge["traffic--autoscaling-group-web-asg--elasticache-replication-group-data-cache"].change is (
        Change.CREATE
    )
    assert merged.node["rds-cluster-data-db"].change is Change.SAME
    assert set(merged.accounted) == {one.urn for one in whole.resources}


def test_a_changed_detail_is_an_update(graph_of: GraphOf) -> None:
    whole = graph_of("three_tier")
    group = whole.named("web-asg")
    larger = replace(group, inputs={**group.inputs, "maxSize": 20})
    changed = replace(whole, resources=tuple(larger if one is group else one for one in whole.resources))
    found = diff(derive(whole), derive(changed))
    assert found.lines() == ("~ node web-asg: details",)
    assert found.merged.node["autoscaling-group-web-asg"].change is Change.UPDATE


def test_boxes_of_the_base_stand_behind_their_parents(graph_of: GraphOf) -> None:
    found = diff(derive(graph_of("two_regions")), derive(graph_of("serverless"))).merged
    seen: set[str] = set()
    for box in found.containers:
        assert not box.parent or box.parent in seen
        seen.add(box.id)


def test_what_a_preview_says_of_a_part_is_kept_from_either_side(graph_of: GraphOf) -> None:
    graph = graph_of("three_tier")
    plain = derive(graph)
    urn = {name: graph.named(name).urn for name in ("web-asg", "vault")}
    planned = derive(graph, changes={urn["web-asg"]: Change.REPLACE, urn["vault"]: Change.UPDATE})
    for found in (diff(planned, plain), diff(plain, planned)):
        merged = found.merged
        assert merged.node["autoscaling-group-web-asg"].change is Change.REPLACE
        assert merged.node["backup-vault-vault"].change is Change.UPDATE
        assert merged.accounted[urn["web-asg"]].change is Change.REPLACE
        assert merged.node["rds-cluster-data-db"].change is Change.SAME
        assert "\u00b1 node web-asg: said by the preview" in found.lines()
        assert "~ node vault: said by the preview" in found.lines()
