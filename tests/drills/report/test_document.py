"""report.json, its schema, Markdown, the page, the collection and the Chaos Toolkit experiment."""

import json
import os
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from chaoslib.exceptions import InvalidActivity
from chaoslib.experiment import ensure_experiment_is_valid

from archkit.drills.report import (
    Prediction,
    ScenarioDescription,
    collect_into,
    from_json,
    json_schema,
    lines_of,
    previous_of,
    read_lines,
    read_reports,
    to_collection,
    to_experiment,
    to_experiment_json,
    to_html,
    to_json,
    to_markdown,
    write_report,
)
from archkit.errors import UserError
from components.objectives import Objectives

SCHEMA = Path(__file__).parents[3] / "docs" / "report.schema.json"


def full(run: Any, report: Any) -> Any:
    return report(
        run(failed=3),
        run(),
        objectives=Objectives(error_rate=0, recovery_time_seconds=5),
        prediction=Prediction(failed=0, gap_seconds=0.1, reason="A <reset> is not tried again.", setting="retries"),
        previous=report().as_previous(),
    )


def test_a_report_is_read_as_it_was_written(run: Any, report: Any) -> None:
    whole = full(run, report)

    assert from_json(to_json(whole)) == whole


def test_the_schema_in_the_documentation_is_the_one_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text()) == json.loads(json.dumps(json_schema())), (
        "docs/report.schema.json is what json_schema() gives; write it anew, and raise VERSION if a reader would break"
    )


def test_a_report_keeps_to_the_schema_and_a_changed_one_does_not(run: Any, report: Any) -> None:
    document = json.loads(to_json(full(run, report)))
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))

    document["runs"][0]["measures"]["failed"] = "three"
    with pytest.raises(jsonschema.ValidationError, match="'three' is not of type 'integer'"):
        jsonschema.validate(document, json.loads(SCHEMA.read_text()))


def test_what_is_no_report_is_refused_place_by_place(report: Any) -> None:
    document = json.loads(to_json(report()))
    document["runs"][0]["rate"] = "fast"
    del document["stack"]

    with pytest.raises(UserError) as refused:
        from_json(json.dumps(document), path="old/report.json")

    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        "old/report.json/stack",
        "old/report.json/runs/0/rate",
    ]


def test_a_report_of_another_version_is_refused(report: Any) -> None:
    text = to_json(report()).replace('"version": 1', '"version": 2')

    with pytest.raises(UserError, match=re.escape("report.json/version: must be 1, got 2; run the drill again")):
        from_json(text)


def test_the_run_before_is_found_and_a_broken_one_is_left_out(report: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    assert previous_of(path) is None
    path.write_text("{")
    assert previous_of(path) is None
    write_report(report(), tmp_path)
    assert previous_of(path) == report().as_previous()


def test_markdown_says_verdict_figures_and_comparison(run: Any, report: Any) -> None:
    text = to_markdown(full(run, report))

    assert "**Missed: error rate 3 %, promised 0 %**" in text
    assert "| Failed | 0 to 3 | 0 |  |" in text
    assert "| failed operations | 0 | 3 | otherwise |" in text
    assert "| 0 | drill | kill web.1 |" in text
    assert "n = 2" in text


def test_a_clear_improvement_is_called_better_and_noise_is_not(run: Any, report: Any) -> None:
    text = to_markdown(report(run(), previous=report(run(failed=9)).as_previous()))

    assert "| Failed | 0 | 9 | better |" in text
    assert re.search(r"\| Latency p50 \| 10 ms \| 10 ms \|  \|", text)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(run: Any, report: Any) -> None:
    html = to_html(full(run, report))
    page = _Page()
    page.feed(html)

    assert page.open == []
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe"}
    assert not [attributes for _, attributes in page.tags if {"src", "href"} & attributes.keys()]
    assert "url(" not in html
    assert "@import" not in html
    assert "prefers-color-scheme: dark" in html


def test_the_page_escapes_what_others_wrote(run: Any, report: Any) -> None:
    html = to_html(full(run, report))

    assert "&lt;pages&gt;" in html
    assert "<pages>" not in html
    assert "A &lt;reset&gt; is not tried again." in html


def test_the_plots_show_fault_healing_failures_and_who_answered(run: Any, report: Any) -> None:
    html = to_html(full(run, report))

    assert html.count('class="mark fault"') == 4, "four plots share one time axis"
    assert html.count('class="mark healed"') == 4
    assert '<path class="area reset"' in html
    assert '<path class="area timeout"' not in html
    assert "<title>one</title>" in html
    assert "kill web.1" in html


def test_a_run_that_proves_nothing_shows_no_latency(run: Any, report: Any) -> None:
    html = to_html(report(run(lag=0.5)))

    assert "This run proves nothing" in html
    assert "How long they waited" not in html
    assert "the latencies are the generator&#39;s own and are not reported" in html


def test_the_collection_has_the_newest_of_each_scenario(run: Any, report: Any, tmp_path: Path) -> None:
    write_report(report(run(), run(failed=1)), tmp_path / "a")
    write_report(full(run, report), tmp_path / "b")

    text = to_collection(lines_of(read_reports(tmp_path)))

    assert text.count("| replica-killed |") == 1
    assert "| 2 | **missed** | 200 | 0 to 3 |" in text
    assert "- replica-killed: Missed: " in text, "why stands below the table"
    assert "No drill has been run yet" in to_collection({})


def test_a_page_keeps_the_lines_of_scenarios_that_were_not_run_again(run: Any, report: Any, tmp_path: Path) -> None:
    page = tmp_path / "drills.md"
    collect_into(page, [report(run())])
    other = replace(report(run(failed=1)), scenario="bad-deploy", stack="web-lab")
    collect_into(page, [other])

    text = page.read_text()
    assert "## web-local" in text
    assert "## web-lab" in text
    collect_into(page, [replace(other, runs=(run(), run(), run()))])
    assert page.read_text().count("| bad-deploy |") == 1
    assert "| 3 | **undeclared** |" in page.read_text()
    assert page.read_text() == to_collection(read_lines(tmp_path / "drills.json"))


def test_only_reports_of_this_run_are_collected(run: Any, report: Any, tmp_path: Path) -> None:
    write_report(report(run()), tmp_path)
    os.utime(tmp_path / "report.json", (1000, 1000))

    assert len(read_reports(tmp_path)) == 1
    assert read_reports(tmp_path, since=1001) == []


def test_a_broken_report_in_the_collection_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")

    with pytest.raises(UserError, match=re.escape(str(tmp_path / "report.json"))):
        read_reports(tmp_path)


SCENARIO = ScenarioDescription(
    stack="web-local",
    scenario="replica-killed",
    title="A replica is killed",
    description="Clients notice nothing.",
    steady_state_url="http://127.0.0.1:8080/",
    inject=("archkit", "fault", "kill", "one replica of web"),
    heal=("archkit", "drill", "--heal"),
    hold_seconds=10,
)


def test_chaos_toolkit_accepts_the_experiment_and_refuses_a_broken_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))  # it looks whether `archkit` can be run
    experiment = to_experiment(SCENARIO)
    ensure_experiment_is_valid(json.loads(to_experiment_json(SCENARIO)))

    del experiment["method"][0]["provider"]["path"]
    with pytest.raises(InvalidActivity):
        ensure_experiment_is_valid(experiment)


def test_the_experiment_injects_waits_and_heals() -> None:
    experiment = to_experiment(SCENARIO)

    assert experiment["method"][0]["provider"]["arguments"] == ["fault", "kill", "one replica of web"]
    assert experiment["method"][0]["pauses"] == {"after": 10}
    assert experiment["rollbacks"][0]["provider"]["arguments"] == ["drill", "--heal"]
    assert "--rollback-strategy always" in experiment["description"]
