"""The report as a Markdown summary: for a terminal, a pull request, a commit."""

from collections.abc import Iterable, Sequence

from archkit.drills.report import wording
from archkit.drills.report.model import Report
from archkit.drills.report.plot import signed
from archkit.drills.report.prediction import GAP, Comparison, compare


def to_markdown(report: Report) -> str:
    """`report.md`: headline, objectives, figures with n and the run before, events."""
    runs = [run.measures for run in report.runs]
    run = report.shown
    parts = [
        f"# {report.scenario} on {report.stack}\n",
        f"**{wording.headline(report)}**\n",
        wording.reason_void(report) or report.title,
        "",
        f"{report.workload}, {run.rate:.0f} per second for {run.seconds:.0f} s, n = {len(runs)}, "
        f"{wording.moment(run.began)}, {report.machine}\n",
    ]
    if report.verdicts:
        parts += ["## Objectives\n", *table(("objective", "promised", "measured", ""), _objectives(report)), ""]
    if steps := wording.steps(report):
        parts += ["## The way back\n", *table(("from the fault, or its healing", "within", "took"), steps), ""]
    parts += ["## Figures\n", *_figures(report), ""]
    if report.prediction:
        parts += ["## Expected and measured\n"]
        rows = [_compared(one) for one in compare(report.prediction, run.measures)]
        parts += [*table(("", "expected", "measured", ""), rows), ""]
        if report.prediction.reason:
            parts.append(report.prediction.reason)
        if report.prediction.setting:
            parts.append(f"What decides it: `{report.prediction.setting}`.")
        parts.append("")
    if run.events:
        zero = run.fault_at or 0.0
        rows = [(signed(event.at - zero), event.source, event.text) for event in run.events]
        parts += ["## Events\n", *table(("time", "source", "what"), rows), ""]
    return "\n".join(parts).rstrip() + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; pipes in cells are escaped."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return [line(head), "|" + "---|" * len(head), *(line(row) for row in rows)]


def _objectives(report: Report) -> Iterable[tuple[str, str, str, str]]:
    for verdict in report.verdicts:
        word = wording.verdict_word(verdict)
        yield (
            wording.OBJECTIVE_NAMES[verdict.objective],
            wording.objective_value(verdict.objective, verdict.promised),
            wording.objective_value(verdict.objective, verdict.measured),
            f"**{word}**" + (f": {verdict.reason}" if verdict.reason else ""),
        )


def _figures(report: Report) -> list[str]:
    runs = [run.measures for run in report.runs]
    before = report.previous.measures if report.previous else ()
    rows: list[tuple[str, ...]] = []
    for figure in wording.FIGURES:
        now = wording.spread(figure, runs)
        if now != wording.NOT_MEASURED:
            row = (figure.name, now)
            rows.append((*row, wording.spread(figure, before), wording.trend(figure, runs, before)) if before else row)
    head = ("", "min to max" if len(runs) > 1 else "measured")
    return table((*head, f"before (n = {len(before)})", "") if before else head, rows)


def _compared(one: Comparison) -> tuple[str, str, str, str]:
    show = wording.seconds if one.what == GAP else wording.number
    return one.what, show(one.predicted), show(one.measured), "right" if one.right else "otherwise"
