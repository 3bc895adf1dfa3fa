"""The report: one versioned document, from which Markdown, the page and the collection are made."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from archkit.drills.load.result import Pace
from archkit.drills.report.measures import Measures
from archkit.drills.report.prediction import Prediction
from archkit.drills.report.series import Series
from archkit.drills.report.verdict import Verdict, overall, verdicts_of
from archkit.errors import UserError
from components.objectives import Objectives

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class ReportEvent:
    """One thing that happened during a run.

    Args:
        at: Seconds since the start of the load.
        source: `drill`, `docker`, `load balancer`, `database`, ...
        kind: `fault`, `healing` or `note`.
        text: What, for people.

    """

    at: float
    source: str
    text: str
    kind: str = "note"


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long something that a scenario expects took, from the last fault or healing on.

    Args:
        what: As a sentence: `3 replicas of web are healthy`.
        seconds: How long; None where it did not come true in time.
        within_seconds: What it may take, before patience is multiplied in.

    """

    what: str
    seconds: float | None
    within_seconds: float


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a scenario.

    Args:
        began: Start of the load, ISO 8601 with zone.
        seconds: Length of the load.
        rate: Operations per second that were asked for.
        fault_at: When the fault was injected, in seconds since the start; None without one.
        healed_at: When it was healed; None where it never was.
        measures: The figures.
        series: The course.
        events: What happened, in order of time.
        pace: How well the generator kept up.
        expectations: What the scenario itself demanded and did not get, one line each; empty where it got all.
        timings: How long what it expected took.

    """

    began: str
    seconds: float
    rate: float
    fault_at: float | None
    healed_at: float | None
    measures: Measures
    series: Series
    events: tuple[ReportEvent, ...]
    pace: Pace
    expectations: tuple[str, ...] = ()
    timings: tuple[Timing, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Previous:
    """What the run before came to, for comparison.

    Args:
        began: Its start, ISO 8601.
        measures: The figures of each of its runs.

    """

    began: str
    measures: tuple[Measures, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """One scenario on one stack, run once or more.

    Args:
        stack: `web-local`.
        scenario: `replica-killed`.
        title: What was done, as a sentence for people.
        workload: What the clients did: `GET http://127.0.0.1:8080/`.
        machine: Where it was measured: processors, kernel, Docker; figures of one machine are no cloud's promise.
        objectives: What was promised.
        runs: At least one.
        prediction: What a student expected; None without `--explain`.
        previous: The last report of the same scenario and stack; None for the first.
        version: Of this document.

    """

    stack: str
    scenario: str
    title: str
    workload: str
    machine: str
    objectives: Objectives
    runs: tuple[Run, ...]
    prediction: Prediction | None = None
    previous: Previous | None = None
    version: int = VERSION
    verdicts: tuple[Verdict, ...] = field(init=False)
    verdict: str = field(init=False)

    def __post_init__(self) -> None:
        verdicts = verdicts_of(self.objectives, [run.measures for run in self.runs])
        object.__setattr__(self, "verdicts", verdicts)
        missed = any(run.expectations for run in self.runs)
        object.__setattr__(self, "verdict", overall(verdicts, [run.measures for run in self.runs], missed=missed))

    @property
    def passed(self) -> bool:
        """False where a command must end with 1: an objective or expectation missed, or nothing proven."""
        return self.verdict in {"met", "undeclared"}

    @property
    def shown(self) -> Run:
        """The run that plots show: the one with the most failures, then the longest gap."""
        return max(self.runs, key=lambda run: (run.measures.failed, run.measures.gap.seconds))

    def as_previous(self) -> Previous:
        """What the next report of the same scenario is compared with."""
        return Previous(began=self.runs[-1].began, measures=tuple(run.measures for run in self.runs))


_ADAPTER = TypeAdapter(Report)


def to_json(report: Report) -> str:
    """`report.json`."""
    return _ADAPTER.dump_json(report, indent=1).decode() + "\n"


def from_json(text: str | bytes, *, path: str = "report.json") -> Report:
    """Reads a report.

    Raises:
        UserError: It is of another version or no report, with every place that is wrong.

    """
    try:
        report = _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise UserError.of(
            f"{path}/{'/'.join(str(part) for part in one['loc'])}: {one['msg']}, got {str(one['input'])[:60]}; "
            "it is no report of this kit's version"
            for one in error.errors()
        ) from None
    if report.version != VERSION:
        raise UserError(f"{path}/version: must be {VERSION}, got {report.version}; run the drill again")
    return report


def previous_of(path: Path) -> Previous | None:
    """The report that stands at `path` from the run before; None where there is none that can be read."""
    try:
        return from_json(path.read_bytes(), path=str(path)).as_previous()
    except (OSError, UserError):
        return None


def json_schema() -> dict[str, object]:
    """The JSON schema of `report.json`; `docs/report.schema.json` is this."""
    schema = _ADAPTER.json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
