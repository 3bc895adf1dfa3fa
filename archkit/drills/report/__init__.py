"""The report of a drill: JSON, Markdown, one page, a collection, a Chaos Toolkit experiment.

run = run_of(load.stop(), timeline.events)
report = Report(stack=..., scenario=..., runs=(run,), previous=previous_of(folder / "report.json"), ...)
write_report(report, folder)
raise SystemExit(0 if report.passed else 1)
"""

from archkit.drills.report.build import machine, run_of
from archkit.drills.report.chaostoolkit import ScenarioDescription, to_experiment, to_experiment_json
from archkit.drills.report.collection import collect_into, lines_of, read_lines, read_reports, to_collection
from archkit.drills.report.files import write_report
from archkit.drills.report.markdown import to_markdown
from archkit.drills.report.measures import Gap, Measures, measure
from archkit.drills.report.model import Previous, Report, Run, Timing, from_json, json_schema, previous_of, to_json
from archkit.drills.report.page import to_html
from archkit.drills.report.prediction import Prediction, compare
from archkit.drills.report.verdict import Verdict
from archkit.drills.report.wording import headline

__all__ = [
    "Gap",
    "Measures",
    "Prediction",
    "Previous",
    "Report",
    "Run",
    "ScenarioDescription",
    "Timing",
    "Verdict",
    "collect_into",
    "compare",
    "from_json",
    "headline",
    "json_schema",
    "lines_of",
    "machine",
    "measure",
    "previous_of",
    "read_lines",
    "read_reports",
    "run_of",
    "to_collection",
    "to_experiment",
    "to_experiment_json",
    "to_html",
    "to_json",
    "to_markdown",
    "write_report",
]
