"""Images are built before a deployment begins, so that one that does not build deploys nothing."""

from pathlib import Path
from typing import Any

import pytest
from docker.errors import BuildError, ImageNotFound

from archkit.errors import UserError
from archkit.graph import Graph
from archkit.plain import mapping, text
from archkit.recorder.stacks import record_stack
from archkit.stack.images import ensure_built, recipes_of
from archkit.stack.project import Project
from components.naming import IMAGES

PROJECT = Project(root=Path(__file__).parents[2])


class Daemon:
    """Has some images, and builds the others except those of which it is told why not."""

    def __init__(self, *there: str, broken: dict[str, list[str]] | None = None) -> None:
        self.there = set(there)
        self.broken = broken or {}
        self.built: list[str] = []

    @property
    def images(self) -> "Daemon":
        return self

    def get(self, tag: str) -> None:
        if tag not in self.there:
            raise ImageNotFound(tag)

    def build(self, *, tag: str, path: str, dockerfile: str, **_: Any) -> None:
        assert (Path(path) / dockerfile).is_file(), "the recipe is where the daemon is told to look"
        self.built.append(tag)
        said = self.broken.get(tag.partition(":")[0])
        if said:
            raise BuildError("returned a non-zero code: 7", [{"stream": f"{line}\n"} for line in said])


@pytest.fixture(scope="module")
def graph() -> Graph:
    return record_stack("web-local", start=PROJECT.root)


def tags(graph: Graph) -> set[str]:
    return {one.tag for one in recipes_of(PROJECT, graph)}


def ensure(graph: Graph, daemon: Any) -> None:
    ensure_built(daemon, *recipes_of(PROJECT, graph))


@pytest.mark.parametrize("name", ["web-local", "api-local"])
def test_no_image_of_a_design_has_a_name_that_a_registry_could_answer_for(name: str) -> None:
    graph = record_stack(name, start=PROJECT.root)
    services = [mapping(one.inputs["taskSpec"]) for one in graph.of_type("docker:index/service:Service")]
    run = {text(mapping(one["containerSpec"])["image"]) for one in services}

    assert len(run) >= 4, "the application and the servers of the kit"
    # Swarm asks the registry that stands first in the name, Docker Hub where none does, even if it has the image.
    assert [one for one in run | tags(graph) if not one.startswith("localhost/")] == []


def test_what_is_missing_is_built_and_what_is_there_is_not(graph: Graph) -> None:
    all_tags = tags(graph)
    (web,) = [one for one in all_tags if one.startswith("localhost/archkit/web:")]
    daemon = Daemon(*all_tags - {web})
    ensure(graph, daemon)

    assert len(all_tags) >= 4, "the application and the servers of the kit"
    assert daemon.built == [web]


def test_each_image_that_does_not_build_is_told_with_its_last_lines(graph: Graph) -> None:
    lines = [f"step {number}" for number in range(30)]
    broken = {f"{IMAGES}/web": [*lines, "no space left"], f"{IMAGES}/cdn": ["no such package"]}
    daemon = Daemon(broken=broken)
    with pytest.raises(UserError) as refused:
        ensure(graph, daemon)

    assert set(daemon.built) == tags(graph), "one that fails keeps none of the others from being tried"
    cdn, web = sorted(refused.value.problems)
    assert cdn.startswith("image localhost/archkit/cdn:")
    assert cdn.endswith("must build, got returned a non-zero code: 7; last lines of the build:\n  no such package")
    assert web.endswith("\n  step 29\n  no space left")
    assert "step 20\n" not in web, "the last lines, not all of them"


def test_images_that_nodes_are_given_are_not_built(graph: Graph) -> None:
    given = record_stack("web-local", {"archkit:local": {"prebuilt": True}}, start=PROJECT.root)
    daemon = Daemon()
    ensure(given, daemon)

    assert daemon.built == []
