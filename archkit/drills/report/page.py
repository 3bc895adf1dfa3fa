"""The report as one self-contained HTML page: no script, no external resource, light and dark."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archkit.drills.report import wording
from archkit.drills.report.model import Report, ReportEvent, Run
from archkit.drills.report.plot import Line, Mark, Point, Time, lanes, lines, signed, stacked
from archkit.drills.report.prediction import GAP, Comparison, compare

MAX_REPLICAS = 8  # colours that can be told apart; what is beyond is one layer "others"
KINDS = ("http_5xx", "http_4xx", "refused", "unreachable", "reset", "timeout", "bad_response", "error")


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One plot with its title and legend.

    Args:
        title: What it shows.
        note: How to read it.
        svg: The plot.
        legend: Name and CSS class of each colour.

    """

    title: str
    note: str
    svg: str
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One big figure: its name, its value, what it is to be compared with, and `good`, `bad` or nothing."""

    name: str
    value: str
    note: str = ""
    css: str = ""


def to_html(report: Report) -> str:
    """`report.html`."""
    run = report.shown
    runs = [one.measures for one in report.runs]
    before = report.previous.measures if report.previous else ()
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        report=report,
        run=run,
        moment=wording.moment(run.began),
        headline=wording.headline(report),
        void=wording.reason_void(report),
        tiles=_tiles(report),
        panels=_panels(run),
        objectives=[
            (
                wording.OBJECTIVE_NAMES[one.objective],
                ("at least " if one.objective == "availability" else "at most ")
                + wording.objective_value(one.objective, one.promised),
                wording.objective_value(one.objective, one.measured),
                wording.verdict_word(one),
                one.reason,
            )
            for one in report.verdicts
        ],
        figures=[
            (
                figure.name,
                wording.spread(figure, runs),
                wording.spread(figure, before),
                wording.trend(figure, runs, before),
            )
            for figure in wording.FIGURES
            if wording.spread(figure, runs) != wording.NOT_MEASURED
        ],
        steps=wording.steps(report),
        comparisons=_comparisons(report, run),
        events=[(signed(event.at - origin(run)), event) for event in run.events],
        shown_index=report.runs.index(run) + 1,
    )


def origin(run: Run) -> float:
    """Where the time axis has its 0: the fault, or the start of a run without one."""
    return run.fault_at or 0.0


def _comparisons(report: Report, run: Run) -> tuple[tuple[Comparison, str, str], ...]:
    if report.prediction is None:
        return ()
    return tuple(
        (one, _shown(one, one.predicted), _shown(one, one.measured)) for one in compare(report.prediction, run.measures)
    )


def _shown(one: Comparison, value: float | None) -> str:
    return wording.seconds(value) if one.what == GAP else wording.number(value)


def _tiles(report: Report) -> list[Tile]:
    runs = [run.measures for run in report.runs]
    worst = {
        "failed": max(run.failed for run in runs),
        "gap": max(run.gap.seconds for run in runs),
        "recovery": max(run.recovery_seconds for run in runs),
    }
    sent = sum(run.sent for run in runs)
    n = f"worst of {len(runs)} runs" if len(runs) > 1 else ""
    met = {verdict.objective: {True: "good", False: "bad", None: ""}[verdict.met] for verdict in report.verdicts}
    recovered = all(run.recovered for run in runs)
    tiles = [
        Tile(
            name="failed operations",
            value=wording.number(worst["failed"]),
            note=n or f"of {wording.number(sent)}",
            css=met.get("error_rate", "") or ("" if worst["failed"] else "good"),
        ),
        Tile(name="longest gap", value=wording.seconds(worst["gap"]), note="without a good answer"),
        Tile(
            name="recovery",
            value=wording.seconds(worst["recovery"]) if recovered else "not yet",
            note="until nobody noticed it" if recovered else "when the load ended",
            css=met.get("recovery_time_seconds", "") or ("" if recovered else "bad"),
        ),
    ]
    if any(run.consistency for run in runs):
        lost = max(run.lost or 0 for run in runs)
        doubled = max(run.duplicates or 0 for run in runs)
        tiles.append(
            Tile(name="lost writes", value=wording.number(lost), note="acknowledged, absent", css=_ill(lost)),
        )
        tiles.append(
            Tile(name="doubled writes", value=wording.number(doubled), note="there twice", css=_ill(doubled)),
        )
    latencies = [run.latency for run in runs if run.latency]
    if latencies:
        worst_latency = max(one.p99_milliseconds for one in latencies)
        css = met.get("latency_p99_milliseconds", "")
        tiles.append(
            Tile(name="latency p99", value=wording.milliseconds(worst_latency), note="fault included", css=css)
        )
    return tiles


def _ill(count: int) -> str:
    return "bad" if count else "good"


def _panels(run: Run) -> list[Panel]:
    zero, width = origin(run), run.series.bucket_seconds
    buckets = run.series.buckets
    # Only the healing shows that it came from the drill: a run that was never healed has one mark.
    marks = [Mark(at=0.0, text="fault", css="fault")] if run.fault_at is not None else []
    if run.healed_at is not None:
        marks.append(Mark(at=run.healed_at - zero, text="healed", css="healed"))
    time = Time(first=-zero, last=buckets[-1].at + width - zero, marks=tuple(marks))

    def rate(name: str, css: str, counts: Sequence[int]) -> Line:
        points: list[Point] = [(bucket.at - zero, count / width) for bucket, count in zip(buckets, counts, strict=True)]
        return Line(name=name, css=css, points=points)

    kinds = [kind for kind in KINDS if any(kind in bucket.failed for bucket in buckets)]
    answers = [rate("good answers", "ok", [bucket.ok for bucket in buckets])]
    answers += [rate(_spoken(kind), kind, [bucket.failed.get(kind, 0) for bucket in buckets]) for kind in kinds]
    panels = [
        _panel(
            "What clients got",
            f"answers per second, when they came; {run.rate:.0f} per second were due all the time",
            stacked(time, answers, height=190, unit="per second", label="Answers and failures over time"),
            answers,
        )
    ]
    curves = [
        Line(name=name, css=css, points=[(bucket.at + width / 2 - zero, getattr(bucket, field)) for bucket in buckets])
        for name, css, field in (
            ("slowest", "max", "max_milliseconds"),
            ("p99", "p99", "p99_milliseconds"),
            ("p50", "p50", "p50_milliseconds"),
        )
    ]
    if any(value is not None for curve in curves for _, value in curve.points):
        svg = lines(time, curves, height=200, unit="ms, log", label="Latency over time")
        note = "from the moment each operation was due: a stall is seen in all that came during it"
        panels.append(_panel("How long they waited", note, svg, curves))
    layers = _replica_layers(run, rate)
    if layers:
        svg = stacked(time, layers, height=150, unit="per second", label="Answers by replica over time")
        panels.append(_panel("Who answered", "answers per second by replica", svg, layers))
    if run.events:
        svg = lanes(time, _lanes(run.events, zero), label="Events over time")
        legend = (("fault", "fault"), ("healing", "healing"), ("event", "note"))
        note = "point at a dot to read it; all are listed below"
        panels.append(Panel(title="What happened", note=note, svg=svg, legend=legend))
    return panels


def _panel(title: str, note: str, svg: str, shown: Sequence[Line]) -> Panel:
    return Panel(title=title, note=note, svg=svg, legend=tuple((line.name, line.css) for line in shown))


def _replica_layers(run: Run, rate: Callable[[str, str, Sequence[int]], Line]) -> list[Line]:
    buckets = run.series.buckets
    totals: dict[str, int] = {}
    for bucket in buckets:
        for name, count in bucket.replicas.items():
            totals[name] = totals.get(name, 0) + count
    # In order of first appearance: a replica that replaced another stands above it.
    names = list(totals)
    kept = set(sorted(names, key=lambda name: -totals[name])[:MAX_REPLICAS])
    shown = [name for name in names if name in kept]
    layers = [
        rate(name[:32], f"replica-{index}", [bucket.replicas.get(name, 0) for bucket in buckets])
        for index, name in enumerate(shown)
    ]
    if len(names) > len(shown):
        others = [sum(count for name, count in bucket.replicas.items() if name not in kept) for bucket in buckets]
        layers.append(rate(f"{len(names) - len(shown)} others", "replica-others", others))
    return layers


def _lanes(events: Sequence[ReportEvent], zero: float) -> list[tuple[str, list[tuple[float, str, str]]]]:
    ordered = sorted(events, key=lambda event: (event.source != "drill", event.source))
    return [
        (
            source if len(source) < 11 else "balancer" if source == "load balancer" else source[:10],
            [(event.at - zero, event.text, event.kind) for event in group],
        )
        for source, group in groupby(ordered, key=lambda event: event.source)
    ]


def _spoken(kind: str) -> str:
    return kind.replace("http_", "HTTP ").replace("_", " ")
