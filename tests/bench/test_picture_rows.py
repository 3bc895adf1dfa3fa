"""The rows about the designs' own pictures can fail."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from archkit.bench import pictures, pythons
from archkit.graph import Graph, Resource
from archkit.stack.project import find_project

ROOT = find_project().root
LONE = Graph(
    project="p",
    stack="web-lone",
    resources=(Resource(urn="urn:pulumi:s::p::aws:s3/bucket:Bucket::b", type="aws:s3/bucket:Bucket", name="b"),),
)


@pytest.fixture(autouse=True)
def one_python(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(root: Path) -> pythons.Other:
        del root
        return pythons.Other(why="no other Python is on this machine")

    monkeypatch.setattr(pythons, "other", none)


def test_two_different_digests_are_not_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count()

    def digest(*_: Any) -> str:
        return "other" if next(numbers) == 3 else "one"

    monkeypatch.setattr(pictures, "_digest", digest)
    row = pictures._sameness({"lone": LONE}, ROOT)  # pyright: ignore[reportPrivateUsage]
    assert (row.met, row.measured, row.n) == (False, "90", 10)
    assert "no other Python" in row.note


def test_a_resource_that_is_left_out_fails_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(root: Path) -> list[tuple[str, Graph]]:
        del root
        return []

    monkeypatch.setattr(pictures, "_programs", none)
    assert pictures._accounted({"lone": LONE}, ROOT).met  # pyright: ignore[reportPrivateUsage]

    class Blind:
        accounted: dict[str, Any] = {}

    def derive(_: Graph) -> Blind:
        return Blind()

    monkeypatch.setattr(pictures, "derive", derive)
    row = pictures._accounted({"lone": LONE}, ROOT)  # pyright: ignore[reportPrivateUsage]
    assert (row.met, row.measured) == (False, "0")


def test_a_picture_that_is_too_large_fails_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_KILOBYTES", 1.0)
    row = pictures._size({"web-lone": LONE})  # pyright: ignore[reportPrivateUsage]
    assert not row.met
    assert row.note.startswith("web-lone ")
