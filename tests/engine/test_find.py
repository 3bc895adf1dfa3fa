"""Where an engine is looked for, and which ones do not count."""

import os
from pathlib import Path

import pytest

from archkit.engine import Source, find_engine
from archkit.engine import build as building
from archkit.engine.cache import Manifest, engines_folder
from archkit.engine.find import on_path
from archkit.engine.model import parsed


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


def put_pulumi(folder: Path, version: str, *, language_host: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pulumi").write_text(f"#!/bin/sh\necho {version}\n")
    (folder / "pulumi").chmod(0o755)
    if language_host:
        (folder / "pulumi-language-python").touch(mode=0o755)
    return folder


def put_cached(version: str, source: Source, digest: str = "") -> Path:
    root = engines_folder() / version
    put_pulumi(root / "bin", f"v{version}")
    Manifest(version=version, source=source, digest=digest).write(root)
    return root


def test_a_machine_without_an_engine_has_none():
    assert find_engine() is None
    assert on_path() == (None, "no pulumi there")


def test_an_engine_on_the_path_is_used_and_its_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    binaries = put_pulumi(tmp_path / "opt" / "bin", "v3.300.1")
    monkeypatch.setenv("PATH", f"{binaries}:/usr/bin:/bin")
    engine = find_engine()
    assert engine
    assert (engine.root, engine.version, engine.source) == (binaries.parent, "3.300.1", Source.PATH)
    assert engine.environment()["PATH"].split(os.pathsep)[0] == str(binaries)
    assert engine.environment()["PULUMI_SKIP_UPDATE_CHECK"] == "1", "a run must not wait for a closed network"


@pytest.mark.parametrize(
    ("version", "language_host", "reason"),
    [
        ("v3.258.9", True, "3.259.0 or newer is needed"),
        ("nonsense", True, "does not tell its version"),
        ("v3.300.0", False, "comes without pulumi-language-python"),
    ],
)
def test_an_unusable_engine_on_the_path_is_passed_over_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, language_host: bool, reason: str
):
    binaries = put_pulumi(tmp_path / "bin", version, language_host=language_host)
    monkeypatch.setenv("PATH", f"{binaries}:/usr/bin:/bin")
    cached = put_cached("3.270.0", Source.INSTALLER)
    engine, why = on_path()
    assert engine is None
    assert reason in why
    found = find_engine()
    assert found
    assert found.root == cached, "the cache is the next place"


def test_a_pulumi_on_the_path_without_a_bin_folder_is_its_own_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    binaries = put_pulumi(tmp_path / "pulumi-3.300", "v3.300.0")
    monkeypatch.setenv("PATH", f"{binaries}:/usr/bin:/bin")
    engine = find_engine()
    assert engine
    assert engine.root == engine.binaries == binaries
    assert str(engine.command().version) == "3.300.0"


def test_the_cached_engine_on_the_path_keeps_its_source(monkeypatch: pytest.MonkeyPatch):
    root = put_cached("3.270.0", Source.INSTALLER)
    monkeypatch.setenv("PATH", f"{root}/bin:/usr/bin:/bin")
    engine = find_engine()
    assert engine
    assert engine.source is Source.INSTALLER


def test_the_newest_cached_engine_wins_by_number_not_by_letter():
    put_cached("3.99.0", Source.INSTALLER)
    put_cached("3.270.0", Source.INSTALLER)
    found = find_engine()
    assert found
    assert found.version == "3.270.0"


def test_a_folder_without_a_manifest_is_not_whole_and_does_not_count():
    put_pulumi(engines_folder() / "3.270.0" / "bin", "v3.270.0")
    assert find_engine() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": "3.270.0"}', '{"surprise": 1}'])
def test_a_broken_manifest_does_not_count_and_does_not_crash(text: str):
    root = put_cached("3.270.0", Source.INSTALLER)
    (root / "manifest.json").write_text(text)
    assert find_engine() is None


def test_an_engine_built_from_other_sources_does_not_count():
    root = put_cached(building.built_version(), Source.BUILT, digest="other")
    assert find_engine() is None
    Manifest(version=root.name, source=Source.BUILT, digest=building.sources_digest()).write(root)
    assert find_engine()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("v3.259.0", (3, 259, 0)),
        ("3.260.0-alpha.1+abc", (3, 260, 0)),
        ("3.259", None),
        ("", None),
        ("three", None),
    ],
)
def test_versions_are_read_as_numbers(text: str, numbers: tuple[int, ...] | None):
    assert parsed(text) == numbers
