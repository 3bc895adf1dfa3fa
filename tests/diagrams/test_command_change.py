"""`archkit diagram --diff`, and a program that raises: what a person sees, and what is written."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from topology.readers import read_file

from archkit.graph import Graph

Run = Callable[..., tuple[int, str]]
PREVIEW = Path(__file__).parent / "readers" / "data" / "preview-show-sames.json"


def test_a_change_is_coloured(run: Run, saved: Path, tmp_path: Path, graph_of: Callable[[str], Graph]) -> None:
    whole = graph_of("three_tier")
    base = tmp_path / "base.json"
    resources = tuple(one for one in whole.resources if not one.type.startswith("aws:elasticache"))
    base.write_text(Graph(project=whole.project, stack=whole.stack, resources=resources).to_json())
    code, text = run("--graph", saved, "--diff", base, "--output", tmp_path / "out")
    assert code == 0, text
    assert "+ node" in text
    picture = (tmp_path / "out" / "deployment.svg").read_text()
    assert 'class="card-open c-create"' in picture or 'class="card c-create"' in picture
    assert "added" in picture, "colours need a legend"


def _preview(tmp_path: Path) -> Path:
    """A preview with a step of each kind: `front` is updated, `cache` replaced, `new` created, `old` deleted."""
    document = json.loads(PREVIEW.read_text())
    for step in document["steps"]:
        if step["urn"].endswith("::front"):
            step["op"] = "update"
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    return path


def test_a_preview_as_the_base_of_a_change_tells_all_four_kinds_in_their_colours(run: Run, tmp_path: Path) -> None:
    base, program = _preview(tmp_path), tmp_path / "graph.json"
    whole = read_file(base).graph
    program.write_text(
        replace(whole, resources=tuple(one for one in whole.resources if one.name != "old")).to_json()
    )  # what the program makes: all but the volume that the preview deletes
    code, text = run("--graph", program, "--diff", base, "--output", tmp_path / "out")
    assert code == 0, text
    said = {line.strip() for line in text.splitlines()}
    assert "- node old (volume)" in said
    assert "± node cache: said by the preview" in said, "two graphs alone cannot tell a replacement from an update"
    assert "+ node new: said by the preview" in said
    assert "~ box tmsample-front" in said
    picture = (tmp_path / "out" / "deployment.svg").read_text()
    for change in ("create", "update", "replace", "delete"):
        assert f' c-{change}"' in picture, f"no part is in the colour of {change}"
    sheet = picture.split("</style>")[0]
    for change, colour in (("create", "#1a7f37"), ("update", "#b26a00"), ("replace", "#7a3fd0"), ("delete", "#cf222e")):
        assert f".c-{change}{{stroke:{colour}}}" in sheet, "green, amber, purple and red"


def test_a_preview_that_failed_is_no_base(run: Run, saved: Path, tmp_path: Path) -> None:
    base = PREVIEW.with_name("preview-failed.json")
    code, text = run("--graph", saved, "--diff", base, "--output", tmp_path / "out")
    assert code == 1
    assert "preview-failed.json: the preview failed: " in text
    assert not (tmp_path / "out").exists(), "a picture of half a preview would show the rest as removed"


def test_a_base_that_cannot_be_read_is_told_and_nothing_is_drawn(run: Run, saved: Path, tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    base.write_text(saved.read_text()[:400])
    code, text = run("--graph", saved, "--diff", base, "--output", tmp_path / "out")
    assert code == 1
    assert "base.json: must be JSON" in text
    assert not (tmp_path / "out").exists()


def test_a_program_that_raises_is_told_with_its_own_line_and_leaves_the_old_pictures(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from archkit.pictures import sources  # noqa: PLC0415 - what is patched is named here

    out = tmp_path / "out"
    code, text = run("web-local", "--output", out, "--format", "svg,mermaid,json,html")
    assert code == 0, text
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in out.iterdir()}

    def broken(_: object) -> Callable[[], None]:
        def run() -> None:
            message = "no such thing"
            raise KeyError(message)

        return run

    monkeypatch.setattr(sources, "program", broken)
    line = inspect.getsourcelines(broken)[1] + inspect.getsource(broken).splitlines().index(
        "            raise KeyError(message)"
    )
    for more in ([], ["--check"], ["--diff", out / "graph.json"]):
        code, text = run("web-local", "--output", out, "--format", "svg,mermaid,json,html", *more)
        assert code == 1
        assert (
            f"tests/diagrams/test_command_change.py:{line}: KeyError: 'no such thing'; the program itself raised it"
            in text
        )
        after = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in out.iterdir()}
        assert after == before, "a program that failed says nothing of its pictures: not one byte may change"
    code, _ = run("web-local", "--output", tmp_path / "never")
    assert code == 1
    assert not (tmp_path / "never").exists(), "nothing may be drawn of a program that failed"
