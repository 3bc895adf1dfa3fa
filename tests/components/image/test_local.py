"""Images that this machine builds: one content, one tag."""

import os
import re
from pathlib import Path

import pytest

from archkit.recorder import record
from components.errors import InvalidArgsError
from components.image import ImageArgs
from components.image.local import LocalImage
from components.images import ROOT, application_tag, content_hash, started_with
from components.settings import LocalSettings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("print()\n")
    return tmp_path


def test_equal_content_gets_an_equal_tag_wherever_it_lies(folder: Path, tmp_path_factory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "app").mkdir()
    (elsewhere / "app" / "main.py").write_text("print()\n")
    (elsewhere / "Dockerfile").write_text("FROM scratch\n")

    assert content_hash(folder, "base:1") == content_hash(elsewhere, "base:1")
    assert len(content_hash(folder, "base:1")) == 12


@pytest.mark.parametrize("change", ["text", "name", "mode", "new", "moved"])
def test_whatever_changes_the_image_changes_its_tag(folder: Path, change: str) -> None:
    before = content_hash(folder, "base:1")
    main = folder / "app" / "main.py"
    match change:
        case "text":
            main.write_text("print(1)\n")
        case "name":
            main.rename(folder / "app" / "other.py")
        case "mode":
            main.chmod(0o755)
        case "new":
            (folder / "app" / "empty").touch()
        case _:
            main.rename(folder / "main.py")

    assert content_hash(folder, "base:1") != before, "an old image would run under new code"


def test_another_base_is_another_image_and_compiled_leftovers_are_none(folder: Path) -> None:
    before = content_hash(folder, "base:1")
    (folder / "app" / "__pycache__").mkdir()
    (folder / "app" / "__pycache__" / "main.pyc").write_bytes(os.urandom(8))

    assert content_hash(folder, "base:1") == before, "running the tests must not rebuild the image"
    assert content_hash(folder, "base:2") != before


def test_an_application_is_built_from_its_folder_on_the_base_of_the_stack() -> None:
    graph = record(
        lambda: LocalImage("image", ImageArgs(app="web"), settings=LocalSettings(base_image="mirror/base:13"))
    )

    (built,) = graph.of_type("docker:index/remoteImage:RemoteImage")
    assert built.inputs["name"] == application_tag("web", "mirror/base:13")
    assert built.inputs["build"]["buildArgs"] == {"BASE_IMAGE": "mirror/base:13"}
    assert built.inputs["keepLocally"], "a destroy would fail while containers of the image still stop"
    context = built.inputs["build"]["context"]
    recipe = ROOT / "stacks" / context / built.inputs["build"]["dockerfile"]
    assert recipe.is_file(), "the engine runs programs in stacks/"
    for copied in re.findall(r"^COPY (\S+) ", recipe.read_text(), re.M):
        assert (ROOT / "stacks" / context / copied).exists(), "what is copied lies in what the daemon is sent"
    assert not Path(context).is_absolute(), "the graph is the same on every machine"


def test_what_all_applications_share_is_part_of_each_one_s_tag(tmp_path: Path, monkeypatch) -> None:
    for one in ("web/main.py", "api/main.py", "shared/appkit/serve.py"):
        (tmp_path / one).parent.mkdir(parents=True)
        (tmp_path / one).touch()
    monkeypatch.setattr("components.images.APPS", tmp_path)
    before = application_tag("web", "base:1"), application_tag("api", "base:1")

    (tmp_path / "api/main.py").write_text("print(1)")
    assert application_tag("web", "base:1") == before[0], "another application's change rebuilds nothing"
    assert application_tag("api", "base:1") != before[1]
    (tmp_path / "shared/appkit/serve.py").write_text("print(1)")
    assert application_tag("web", "base:1") != before[0], "an image without the change would run on"


@pytest.mark.parametrize(
    ("recipe", "starts"),
    [
        ('FROM x\nCMD ["python3", "-m", "webapp"]\n', ["python3", "-m", "webapp"]),
        ('FROM x\nCMD ["a"]\nFROM y\nENTRYPOINT ["b", "c"]\n', ["b", "c"]),
        ("FROM x\nCMD python3 -m webapp\n", []),
        ("FROM x\n", []),
    ],
)
def test_an_image_says_what_it_starts(tmp_path: Path, monkeypatch, recipe: str, starts: list[str]) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "Dockerfile").write_text(recipe)
    monkeypatch.setattr("components.images.APPS", tmp_path)
    assert started_with("web") == starts


def test_what_an_image_starts_is_in_the_graph_and_of_a_ready_one_nobody_knows() -> None:
    built = record(lambda: LocalImage("image", ImageArgs(app="web"), settings=LocalSettings()))
    ready = record(lambda: LocalImage("image", ImageArgs(app="web"), settings=LocalSettings(images={"web": "a/b:1"})))
    assert built.named("image").outputs["starts"] == ["python3", "-m", "webapp"]
    assert "starts" not in ready.named("image").outputs


def test_a_ready_image_is_used_as_it_is() -> None:
    graph = record(
        lambda: LocalImage("image", ImageArgs(app="web"), settings=LocalSettings(images={"web": "mine/web:7"}))
    )

    assert not graph.of_type("docker:index/remoteImage:RemoteImage")
    assert graph.named("image").outputs["reference"] == "mine/web:7"


def test_an_application_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidArgsError) as caught:
        record(lambda: LocalImage("image", ImageArgs(app="wbe"), settings=LocalSettings()))

    (problem,) = caught.value.problems
    assert problem.startswith("image/image/app: must be a folder below stacks/apps with a Dockerfile, got 'wbe'")
    assert "web" in problem.split("known are")[1]
