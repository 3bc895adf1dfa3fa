"""Every source gives the same kind of graph; what is broken gets one message, and no secret gets in."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from topology.derive import derive
from topology.kinds import Change
from topology.model import Model, plain
from topology.readers import read, read_file
from topology.readers.values import SECRET_SIGNATURE, SIGNATURE

from archkit.errors import UserError
from archkit.graph import Graph, Reference

DATA = Path(__file__).parent / "data"
PREFIX = "urn:pulumi:dev::sample::sample:index:Web$docker:index/"
CACHE, FRONT = f"{PREFIX}container:Container::cache", f"{PREFIX}network:Network::front"
OLD, NEW = f"{PREFIX}volume:Volume::old", f"{PREFIX}volume:Volume::new"


def _sample(name: str) -> dict[str, Any]:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def _message(text: str, **more: Any) -> str:
    with pytest.raises(UserError) as caught:
        read(text, source="file.json", **more)
    assert all(problem.startswith("file.json: ") for problem in caught.value.problems)
    return "\n".join(caught.value.problems)


def test_a_saved_graph_is_read_back_as_it_was(program: str, graph_of: Callable[[str], Graph], tmp_path: Path) -> None:
    graph = graph_of(program)
    path = tmp_path / "graph.json"
    path.write_text(graph.to_json(), encoding="utf-8")
    found = read_file(path)
    assert found.graph == graph
    assert derive(found.graph) == derive(graph)


def test_an_export_says_by_its_values_which_output_stands_where() -> None:
    graph = read_file(DATA / "export.json").graph
    cache = next(one for one in graph.resources if one.urn == CACHE)
    assert [(one.path, one.output) for one in cache.references] == [
        ("networksAdvanced[0].name", "id"),
        ("volumes[0].volumeName", "id"),
    ]
    assert cache.parent.endswith("::web")
    assert next(one for one in graph.resources if one.urn == cache.parent).parent == "", "the stack is no parent"
    assert (graph.project, graph.stack, graph.outputs["network"]) == ("sample", "dev", "tmsample-front")
    assert graph.positions[CACHE].file == "__main__.py"


def test_an_export_and_a_preview_of_the_same_program_draw_the_same() -> None:
    def shape(model: Model) -> set[tuple[str, str]]:
        return {(node.id, node.service) for node in model.nodes} | {(box.id, box.label) for box in model.containers}

    deployed = derive(read_file(DATA / "export.json").graph)
    planned = derive(read_file(DATA / "preview-create.json").graph)
    assert shape(deployed) == shape(planned)


def test_a_preview_says_what_will_change() -> None:
    found = read_file(DATA / "preview-show-sames.json")
    assert found.changes == {
        FRONT: Change.REPLACE,
        CACHE: Change.REPLACE,
        NEW: Change.CREATE,
        OLD: Change.DELETE,
    }
    model = derive(found.graph, changes=found.changes)
    assert model.node["docker-volume-old"].change is Change.DELETE, "what goes is still drawn"
    assert model.container["docker-network-front"].change is Change.REPLACE


def test_what_is_known_after_deployment_only_still_has_its_place() -> None:
    graph = read_file(DATA / "preview-create.json").graph
    cache = next(one for one in graph.resources if one.urn == CACHE)
    assert "mock://unknown" in str(cache.inputs["networksAdvanced"])
    assert derive(graph).node["docker-container-cache"].networks == ("docker-network-front",)


def test_a_preview_of_changes_only_asks_for_the_rest_or_for_the_program() -> None:
    text = (DATA / "preview-changes-only.json").read_text(encoding="utf-8")
    assert "leaves out 2 that stay the same; preview again with `pulumi preview --json --show-sames`" in _message(text)
    program = read_file(DATA / "export.json").graph
    program = replace(program, resources=tuple(one for one in program.resources if one.urn != OLD))
    found = read(text, source="file.json", program=program)
    assert found.changes[OLD] is Change.DELETE
    assert {one.urn for one in found.graph.resources} >= {one.urn for one in program.resources} | {OLD}


def test_a_failed_preview_gives_the_programs_own_error_with_its_line() -> None:
    message = _message((DATA / "preview-failed.json").read_text(encoding="utf-8"))
    assert "the preview failed: ValueError: no such thing" in message
    assert "line 25" in message
    assert "Traceback" not in message


@pytest.mark.parametrize("name", ["export", "export-show-secrets", "preview-create", "preview-show-sames"])
def test_no_secret_gets_out_of_a_sample(name: str) -> None:
    graph = read_file(DATA / f"{name}.json").graph
    assert "[secret]" in graph.to_json(), "the sample holds secrets"
    for mark in ("planted", SIGNATURE, "ciphertext", "v1:"):
        assert mark not in graph.to_json()


def test_a_planted_secret_is_hidden_everywhere_it_stands() -> None:
    document = _sample("export-show-secrets")
    secret = {SIGNATURE: SECRET_SIGNATURE, "plaintext": json.dumps("planted-8813")}
    for state in document["deployment"]["resources"]:
        state.setdefault("inputs", {}).update(
            {
                "labels": [{"label": "x", "value": secret}],
                "copied": "see planted-8813",
                "image": secret,
                "deep": {"a": [secret]},
            }
        )
        state.setdefault("outputs", {})["address"] = "https://user:planted-8813@host"
    graph = read(json.dumps(document), source="file.json").graph
    assert "planted-8813" not in graph.to_json()
    assert "planted-8813" not in str(plain(derive(graph)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be JSON"),
        ("{", "must be JSON"),
        ("[]", "must be a graph"),
        ('{"a": 1}', "must be a graph.json, or the output of `pulumi preview --json --show-sames`"),
        ('{"version": 3, "deployment": null}', "deployment/resources: must be a list"),
        ('{"version": 2, "deployment": {"resources": []}}', "version: must be 3, got 2"),
        ('{"version": 3, "deployment": {"resources": []}}', "the stack is empty"),
        ('{"version": 3, "deployment": {"resources": [{"urn": "x", "type": "y"}]}}', "must have a URN and a type"),
        ('{"version": 3, "deployment": {"resources": [1]}}', "must be a list of resources"),
        ('{"steps": 1}', "steps: must be a list"),
        ('{"steps": [{"op": "explode", "urn": "u"}]}', "got 'explode'"),
        ('{"steps": []}', "got no step"),
    ],
)
def test_what_is_no_graph_gets_a_clear_message(text: str, said: str) -> None:
    assert said in _message(text)


def test_a_graph_that_was_cut_off_or_edited_or_is_of_another_version_is_refused(
    graph_of: Callable[[str], Graph],
) -> None:
    text = graph_of("swarm").to_json()
    assert "must be JSON" in _message(text[: len(text) // 2])
    assert "edited by hand" in _message(text.replace("shop-front", "shop-back"))
    assert "version: must be 1, got 9" in _message(text.replace('"version": 1', '"version": 9'))


def test_a_file_that_is_not_there_or_no_text_is_a_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: No such file"):
        read_file(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_bytes(b'{"\xff"}')
    with pytest.raises(UserError, match="must be UTF-8"):
        read_file(broken)


def test_references_are_found_inside_json_texts() -> None:
    document = _sample("export")
    states = document["deployment"]["resources"]
    cache = next(one for one in states if one["urn"] == CACHE)
    network = next(one for one in states if one["urn"] == FRONT)
    cache["inputs"]["command"] = json.dumps({"Statement": [{"Resource": f"{network['id']}/*"}]})
    cache["propertyDependencies"]["command"] = [FRONT]
    found = next(one for one in read(json.dumps(document), source="f").graph.resources if one.urn == CACHE)
    assert Reference(path="command.Statement[0].Resource", urn=FRONT, output="id") in found.references


def test_a_preview_tells_the_stacks_region_unless_it_is_secret() -> None:
    document = _sample("preview-create")
    assert read(json.dumps(document), source="f").graph.region == ""
    document["config"]["aws:region"] = "eu-north-1"
    assert read(json.dumps(document), source="f").graph.region == "eu-north-1"
    document["config"]["aws:region"] = "[secret]"
    assert read(json.dumps(document), source="f").graph.region == ""
