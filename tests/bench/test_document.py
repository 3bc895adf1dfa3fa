"""The page of benchmarks says what was measured, and a run of one section leaves the others alone."""

import json
from pathlib import Path

import pytest

from archkit.bench.document import to_markdown, updated
from archkit.bench.rows import Row, spread
from archkit.bench.suite import chosen
from archkit.errors import UserError

ROW = Row(what="up without changes, s", target="<= 3", measured="2.4", met=True, n=3, spread="2.1 - 2.6")


def test_a_run_of_one_section_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.json"
    path.write_text(json.dumps(updated(path, {"web": [ROW]}, {"web": 0.5})))

    stored = updated(path, {"recording": [ROW]}, {"recording": 7.5})

    assert sorted(stored) == ["recording", "web"]
    assert stored["recording"]["load"] == 7.5, "times of a busy machine must be recognisable"


def test_a_figure_that_is_not_reached_stands_out() -> None:
    missed = Row(what="gap, s", target="<= 8", measured="9.1", met=False, n=1, note="a | b")
    page = to_markdown({"web": {**updated(Path("none"), {"web": [missed]}, {"web": 1})["web"]}})
    assert "| gap, s | <= 8 | 9.1 |  | 1 | **no** | a / b |" in page


def test_a_single_run_has_no_spread() -> None:
    assert spread([2.0]) == ""
    assert spread([2.04, 2.61, 2.2]) == "2.0 - 2.6"


def test_an_unknown_section_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"section: must be one of recording, .*, got speed"):
        chosen(["speed"])
