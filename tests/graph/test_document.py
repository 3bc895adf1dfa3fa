"""`graph.json`: what is written, and what is refused when it is read."""

import json
from pathlib import Path

import jsonschema
import pulumi
import pulumi_aws as aws
import pytest

from archkit.errors import UserError
from archkit.graph import SECRET, Graph, canonical
from archkit.graph.document import GRAPH_SCHEMA
from archkit.recorder import record

SCHEMA = Path(__file__).parents[2] / "docs" / "graph.schema.json"


@pytest.fixture(scope="module")
def graph():
    def program():
        vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
        aws.ec2.Subnet("sub", vpc_id=vpc.id, cidr_block="10.0.0.0/24", opts=pulumi.ResourceOptions(protect=True))
        pulumi.export("vpc", vpc.id)

    return record(program)


def test_a_graph_survives_writing_and_reading(graph):
    assert Graph.from_json(graph.to_json()) == graph
    assert Graph.from_json(graph.to_json()).to_json() == graph.to_json()


def test_the_published_schema_is_current():
    assert SCHEMA.read_text() == canonical(GRAPH_SCHEMA), "docs/graph.schema.json is old: write canonical(GRAPH_SCHEMA)"


def test_a_real_graph_keeps_the_published_schema(graph):
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(graph.to_json()), schema)
    broken = json.loads(graph.to_json())
    broken["resources"][0]["custom"] = "yes"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


def test_the_stacks_region_is_part_of_the_graph_and_of_its_hash(graph):
    """A graph from before the region was recorded has none: it must stay readable, with the hash that it has."""
    assert "region" not in graph.document(), "a stack that says no region must keep the bytes that it had"
    placed = record(lambda: None, config={"aws:region": "eu-north-1"})
    assert placed.region == "eu-north-1"
    assert Graph.from_json(placed.to_json()) == placed
    with pytest.raises(UserError, match=r"sha256: must be"):
        Graph.from_json(placed.to_json().replace("eu-north-1", "eu-south-1"))
    hidden = record(lambda: None, secret_config={"aws:region": "eu-north-1"})
    assert hidden.region == SECRET, "who marks a region secret must not find it in a file"


def _edited(graph, change):
    document = json.loads(graph.to_json())
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda document: document.update(version=2), r"g\.json: version: must be 1, got 2; another archkit wrote it"),
        (lambda document: document.pop("version"), r"g\.json: version: must be 1, got None"),
        (lambda document: document.pop("resources"), r"g\.json: resources: field required; the file was edited"),
        (lambda document: document.update(more=1), r"g\.json: more: extra inputs are not permitted, got 1"),
        (
            lambda document: document["resources"][0].update(urn=5),
            r"g\.json: resources/0/urn: input should be a valid string, got 5",
        ),
        (lambda document: document["resources"][0].update(name="other"), r"g\.json: sha256: must be .* edited by hand"),
        (lambda document: document["outputs"].update(vpc="vpc-1"), r"g\.json: sha256: must be"),
    ],
    ids=["other version", "no version", "part missing", "part too many", "wrong kind", "renamed", "output changed"],
)
def test_what_was_edited_is_refused_with_its_place_and_a_remedy(graph, change, message):
    with pytest.raises(UserError, match=message) as caught:
        Graph.from_json(_edited(graph, change), source="g.json")
    assert "archkit graph" in str(caught.value)


def test_what_was_cut_off_or_is_no_graph_is_refused(graph):
    with pytest.raises(UserError, match="must be JSON, is not at line"):
        Graph.from_json(graph.to_json()[:300])
    with pytest.raises(UserError, match="must be a graph, got list"):
        Graph.from_json("[]")


def test_all_problems_are_told_at_once(graph):
    def change(document):
        document["resources"][0]["custom"] = 1
        document["resources"][1]["type"] = ""

    with pytest.raises(UserError) as caught:
        Graph.from_json(_edited(graph, change))
    assert len(caught.value.problems) == 2


def test_positions_may_move_without_a_change_of_the_hash(graph):
    moved = _edited(graph, lambda document: document["positions"].update({graph.resources[0].urn: ["other.py", 1]}))
    assert Graph.from_json(moved).hash == graph.hash


def test_redacting_hides_a_text_everywhere(graph):
    hidden = graph.redact(["10.0.0.0/16"])
    assert hidden.named("main").inputs["cidrBlock"] == SECRET
    assert "10.0.0.0/16" not in hidden.to_json()
    assert graph.named("main").inputs["cidrBlock"] == "10.0.0.0/16"


def test_a_name_that_is_not_there_is_told_with_those_that_are(graph):
    with pytest.raises(LookupError, match="0 resources are named 'mian'; the graph has: main, sub"):
        graph.named("mian")
