"""The project's folders: what would break a program only under the engine, or only on another machine."""

import os
import sys
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from pathlib import Path

import grimp
import pytest

from archkit.recorder.stacks import record_stack

ROOT = Path(__file__).parents[2]
PACKAGES = ("archkit", "components", "stacks", "topology")
LONGEST = 250
CODE = ("archkit", "components", "diagrams", "stacks", "tools")


def sources() -> list[Path]:
    found = chain.from_iterable((ROOT / folder).rglob(f"*{kind}") for folder in CODE for kind in (".py", ".j2"))
    return sorted(found)


def test_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in sources()
        if (count := len(path.read_text().splitlines())) > LONGEST
    }
    assert long == {}, "a folder comes before a long file"


def test_whatever_an_image_is_given_to_run_can_be_run() -> None:
    """It is copied with its mode: PostgreSQL's archive command was one that nobody may run, and no log was archived."""
    scripts = [path for path in (ROOT / "components").rglob("bin/*") if path.is_file()]
    assert len(scripts) > 10, "they are looked for elsewhere"
    assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []


def test_no_module_of_stacks_hides_one_of_the_standard_library() -> None:
    hidden = {path.stem for path in (ROOT / "stacks").iterdir()} & sys.stdlib_module_names
    assert hidden == set(), "under the engine `stacks/` is the first folder on Python's path"


def test_no_two_modules_import_each_other_not_even_around_a_corner() -> None:
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    imports = {one: graph.find_modules_directly_imported_by(one) for one in graph.modules}
    try:
        order = list(TopologicalSorter(imports).static_order())
    except CycleError as error:
        pytest.fail(f"import cycle: {' <- '.join(error.args[1])}")
    assert len(order) > 500, "an empty graph has no cycles"


@pytest.mark.parametrize("folder", ["diagrams", "tests"])
def test_a_folder_that_is_no_package_never_becomes_one(folder: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists(), (
        f"{folder}/__init__.py would hide a package of that name on the package index"
    )


@pytest.mark.parametrize("stack", ["web-local", "web-aws", "api-local", "api-aws"])
def test_a_design_is_the_same_from_whatever_folder_it_runs(
    stack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    here = record_stack(stack)
    monkeypatch.chdir(tmp_path)

    assert record_stack(stack, start=ROOT).hash == here.hash, "the engine runs it in `stacks/`, tests in the root"
