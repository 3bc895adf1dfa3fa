"""The page of drills is what its lines say, which `make bench` and `archkit drill --collect` keep."""

from pathlib import Path

from archkit.drills.report import read_lines, to_collection

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_current() -> None:
    assert (DOCS / "drills.md").read_text() == to_collection(read_lines(DOCS / "drills.json")), "run `make docs`"
