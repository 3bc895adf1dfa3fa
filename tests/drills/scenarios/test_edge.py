"""The drills of the edge, without Docker: what they need, whom they mean, what their clients must have seen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archkit.drills.load import Kind, LoadResult, Outcome, Samples
from archkit.drills.load.http.edge import APPLICATION, PAGE, STALE
from archkit.drills.load.result import pace_of
from archkit.drills.scenarios import scenarios
from archkit.drills.scenarios.cdn import edges
from archkit.drills.scenarios.cdn.origins_gone import OriginsGone, origins
from archkit.recorder.stacks import record_stack


@pytest.fixture
def edge(web: Any, tmp_path: Path) -> Any:
    """The web design as recorded, with an authority at hand."""
    (tmp_path / "cdn").mkdir()
    (tmp_path / "cdn" / "authority.pem").write_text("")
    graph = record_stack("web-local")
    made = replace(web, graph=graph, keys=tmp_path, cached_path="/page/headlines", edges=(("127.0.0.1", 9443),))
    made.__dict__["members"] = web.__dict__["members"]
    return made


def result(*answers: tuple[float, str]) -> LoadResult:
    samples = Samples()
    for at, who in answers:
        samples.add(at, 0.01, Outcome(Kind.OK, 200, who))
    return LoadResult(
        workload="",
        rate=10,
        began_wall=0,
        began_monotonic=0,
        seconds=20,
        samples=samples,
        pace=pace_of(len(answers), samples.lag, 1, 20),
    )


def test_a_design_without_a_cdn_has_no_drills_of_one(web) -> None:
    assert scenarios()["edge-location-killed"].needs(web) == "needs a cdn, the design has none"
    assert scenarios()["origins-gone"].needs(web) == "needs a cdn, the design has none"


def test_a_cdn_whose_key_or_kept_path_is_not_known_is_not_drilled(edge) -> None:
    assert edges.needs(edge) is None
    assert "`cached_path`" in (edges.needs(replace(edge, cached_path="")) or "")
    assert "drill from the checkout" in (edges.needs(replace(edge, keys=Path("/nowhere"))) or "")


def test_all_origins_are_meant_those_of_the_error_pages_too(edge) -> None:
    assert origins(edge) == ["edge", "static"]


def test_clients_must_have_seen_what_is_stale_and_the_page_and_the_application_again() -> None:
    judge = OriginsGone().judge

    assert judge(result((5, STALE), (5, PAGE), (19.5, APPLICATION))) == []
    assert judge(result((5, PAGE), (19.5, APPLICATION))) == [
        "clients must have seen answers of the kind 'kept, stale', got none"
    ]
    assert judge(result((5, STALE), (19.5, APPLICATION))) == [
        "clients must have seen answers of the kind 'friendly page', got none"
    ]
    assert judge(result((5, STALE), (19.4, PAGE), (19.5, APPLICATION))) == [
        "in the last 1 s the application must answer again, got 1 error pages"
    ]
    assert len(judge(result((5, STALE), (5, PAGE)))) == 1, "nobody answered at the end"
