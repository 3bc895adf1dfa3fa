"""The README's table of designs says what the code promises."""

from pathlib import Path

import pytest

from archkit.reference.designs import BEGIN, END, put_into, to_markdown, told
from archkit.stack.project import Project
from stacks.program import DESIGNS

ROOT = Path(__file__).parents[2]


def test_the_table_is_the_codes() -> None:
    readme = (ROOT / "README.md").read_text()

    assert readme == put_into(readme, to_markdown(Project(root=ROOT).shipped)), "`make docs` brings it up to date"
    assert all(f"[`{name}`](stacks/{name}.py)" in readme for name in DESIGNS)


def test_objectives_are_told_in_their_units() -> None:
    assert told({"availability": 0.999, "latency_p99_milliseconds": 1500, "recovery_point_seconds": 0}) == (
        "99.9 % available, 99 of 100 answered within 1.5 s, at most 0 s of acknowledged writes lost"
    )


def test_what_stood_between_the_marks_is_replaced_and_nothing_else() -> None:
    assert put_into(f"a\n{BEGIN}old\n{END}b\n", "new\n") == f"a\n{BEGIN}new\n{END}b\n"
    with pytest.raises(ValueError, match="must hold <!-- designs --> and <!-- /designs --> once each"):
        put_into("no marks", "new\n")
