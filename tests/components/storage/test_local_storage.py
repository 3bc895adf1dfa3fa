"""The storage on a swarm: its image, its server, its configuration."""

from pathlib import Path

import pytest

from archkit.graph import Graph
from archkit.recorder import record
from components.errors import InvalidArgsError
from components.network import NetworkArgs
from components.settings import LocalSettings
from components.storage import StorageArgs
from components.storage.nginx import Server, render_nginx
from components.targets.local import LocalTarget

GOLDEN = Path(__file__).parent / "golden" / "nginx.conf"


def deployed(args: StorageArgs) -> Graph:
    def program() -> None:
        target = LocalTarget(LocalSettings())
        target.storage("files", args, network=target.network("network", NetworkArgs()))

    return record(program, stack="web-local")


def test_the_configuration_is_as_reviewed() -> None:
    """To accept a change: `ARCHKIT_GOLDEN=write`, then read the difference."""
    import os  # noqa: PLC0415 - for this switch alone

    text = render_nginx(Server(name="files", max_age_seconds=300))
    if os.environ.get("ARCHKIT_GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)

    assert text == GOLDEN.read_text()


def test_the_files_and_the_prefix_are_part_of_the_images_tag() -> None:
    one = deployed(StorageArgs(folder="web/static")).named("files-image").inputs
    other = deployed(StorageArgs(folder="web/static", prefix="/assets/")).named("files-image").inputs

    assert one["build"]["buildArgs"]["FILES"] == "stacks/apps/web/static"
    assert one["name"] != other["name"], "another path is another content"


def test_it_is_read_only_reached_on_a_network_of_its_own_and_published_nowhere() -> None:
    graph = deployed(StorageArgs(folder="web/static"))
    servers = graph.named("files-servers").inputs

    container = servers["taskSpec"]["containerSpec"]
    assert (container["user"], container["readOnly"], container["capDrops"]) == ("10001:10001", True, ["ALL"])
    assert not servers["endpointSpec"].get("ports")
    assert graph.named("network-files").inputs["internal"] is True


def test_a_folder_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidArgsError) as caught:
        deployed(StorageArgs(folder="nowhere"))

    (problem,) = caught.value.problems
    assert problem.startswith("storage/files/folder: must be a folder below stacks/apps, got 'nowhere'")
