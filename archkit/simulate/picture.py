"""Demand, capacity and lost requests over time, as one SVG that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from archkit.drills.report.plot import linear_ticks
from archkit.simulate.scaling import Moment, Simulation

WIDTH, LEFT, RIGHT = 960, 64, 20
RATES_TOP, RATES_HEIGHT = 84, 280
COUNT_TOP, COUNT_HEIGHT = 420, 100
HEIGHT = 576
_STYLE = """
svg { font: 13px system-ui, sans-serif; } .page { fill: #ffffff; } text { fill: #1b2430; } .soft { fill: #5b6675; }
.grid { stroke: #e3e7ee; } .capacity { fill: #dcebfa; stroke: #4e9fd1; stroke-width: 1.5; }
.demand { fill: none; stroke: #1b2430; stroke-width: 1.8; } .lost { fill: #d9534f; } .replicas { fill: none;
stroke: #4b8a69; stroke-width: 2; } .title { font-size: 17px; font-weight: 600; }
@media (prefers-color-scheme: dark) { .page { fill: #0f151b; } text { fill: #e6edf3; } .soft { fill: #9aa7b4; }
.grid { stroke: #26303a; } .capacity { fill: #17324a; stroke: #5aa9dc; } .demand { stroke: #e6edf3; }
.lost { fill: #e5736f; } .replicas { stroke: #6fbf95; } }
"""


def render_svg(simulation: Simulation, title: str) -> str:
    """The picture.

    Args:
        simulation: What to show.
        title: Above it.

    """
    moments = simulation.moments
    last = moments[-1].at or 1.0

    def x(at: float) -> float:
        return LEFT + at / last * (WIDTH - LEFT - RIGHT)

    rates = linear_ticks(max(max(one.demand, one.capacity) for one in moments) or 1.0)
    counts = linear_ticks(float(max(one.replicas for one in moments)))

    def y(value: float) -> float:
        return RATES_TOP + RATES_HEIGHT * (1 - value / rates[-1])

    def y_count(value: float) -> float:
        return COUNT_TOP + COUNT_HEIGHT * (1 - value / counts[-1])

    def edge(of: Callable[[Moment], float], on: Callable[[float], float]) -> str:
        return " ".join(f"L{x(one.at):.1f} {on(of(one)):.1f}" for one in moments)

    share = simulation.lost / simulation.offered if simulation.offered else 0.0
    told = f"{simulation.lost:.0f} of {simulation.offered:.0f} requests refused ({share:.2%})"
    body = [
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="26">{escape(title)}</text>',
        f'<text class="soft" x="{LEFT}" y="47">{escape(told)}; {len(simulation.changes)} changes of the count</text>',
        *_grid(rates, y, "requests/s", RATES_TOP),
        f'<path class="capacity" d="M{x(0):.1f} {y(0):.1f} {edge(lambda one: one.capacity, y)} '
        f'L{x(last):.1f} {y(0):.1f} Z"><title>capacity</title></path>',
        *(
            f'<rect class="lost" x="{x(one.at):.2f}" y="{y(one.demand):.1f}" width="{x(1) - x(0) + 0.3:.2f}" '
            f'height="{y(one.capacity) - y(one.demand):.1f}"/>'
            for one in moments
            if one.lost
        ),
        f'<path class="demand" d="M{edge(lambda one: one.demand, y)[1:]}"><title>demand</title></path>',
        *_grid(counts, y_count, "replicas", COUNT_TOP),
        f'<path class="replicas" d="M{edge(lambda one: one.replicas, y_count)[1:]}"/>',
        *_seconds(last, x),
        *_legend(),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img"><title>{escape(title)}: {escape(told)}</title><style>{_STYLE}</style>{"".join(body)}</svg>\n'
    )


def render_html(simulation: Simulation, title: str) -> str:
    """The picture as a page of its own."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title>"
        f"<body>{render_svg(simulation, title)}</body></html>\n"
    )


def _grid(ticks: list[float], y: Callable[[float], float], unit: str, top: int) -> list[str]:
    drawn = [f'<text class="soft" x="8" y="{top - 12}">{unit}</text>']
    for tick in ticks:
        at = f"{y(tick):.1f}"
        drawn.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>')
        drawn.append(f'<text class="soft" x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    return drawn


def _seconds(last: float, x: Callable[[float], float]) -> list[str]:
    floor = COUNT_TOP + COUNT_HEIGHT
    return [
        f'<text class="soft" x="{x(at):.1f}" y="{floor + 18}" text-anchor="middle">{at:g} s</text>'
        for at in linear_ticks(last)
        if at <= last
    ]


def _legend() -> list[str]:
    names = (("demand", "demand"), ("capacity", "capacity of serving replicas"), ("lost", "refused at once"))
    drawn: list[str] = []
    for place, (css, text) in enumerate(names):
        left, top = LEFT + place * 220, HEIGHT - 16
        drawn.append(f'<rect class="{css}" x="{left}" y="{top - 9}" width="18" height="8"/>')
        drawn.append(f'<text class="soft" x="{left + 26}" y="{top}">{text}</text>')
    return drawn
