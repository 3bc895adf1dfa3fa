"""The sections of `make bench`, and what each needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archkit.bench.rows import Row
from archkit.errors import UserError
from archkit.machine.docker import client
from archkit.stack.project import Project


@dataclass(frozen=True, kw_only=True)
class Section:
    """Measurements that belong together.

    Args:
        name: As on the command line.
        title: As in the document.
        measure: Gives the rows; told the project and how often to repeat.

    """

    name: str
    title: str
    measure: Callable[[Project, int], list[Row]]


def _recording(_: Project, rounds: int) -> list[Row]:
    from archkit.bench import recording  # noqa: PLC0415

    return recording.measure(repeats=rounds)


def _diagrams(project: Project, rounds: int) -> list[Row]:
    from archkit.bench import diagrams, pictures  # noqa: PLC0415

    return [*diagrams.measure(repeats=rounds), *pictures.measure(project)]


def _generator(_: Project, rounds: int) -> list[Row]:
    from archkit.bench import generator  # noqa: PLC0415

    return generator.measure(repeats=rounds)


def _web(project: Project, rounds: int) -> list[Row]:
    from archkit.bench import web  # noqa: PLC0415

    with client() as daemon:
        return web.measure(project, daemon, rounds=rounds)


def _cache(_: Project, rounds: int) -> list[Row]:
    from archkit.bench import cache  # noqa: PLC0415

    return cache.measure(rounds=rounds)


def _api(project: Project, rounds: int) -> list[Row]:
    from archkit.bench import api  # noqa: PLC0415

    return api.measure(project, rounds=rounds)


def _database(project: Project, rounds: int) -> list[Row]:
    from archkit.bench import database  # noqa: PLC0415

    return database.measure(project, rounds=rounds)


def _backup(project: Project, rounds: int) -> list[Row]:
    from archkit.bench import backup  # noqa: PLC0415

    return backup.measure(project, rounds=rounds)


def _drills(project: Project, rounds: int) -> list[Row]:
    from archkit.bench import drills  # noqa: PLC0415

    return drills.measure(project, rounds=rounds)


def _zones(project: Project, rounds: int) -> list[Row]:
    from archkit.bench import drills  # noqa: PLC0415

    return drills.measure_zones(project, rounds=rounds)


def _demo(project: Project, rounds: int) -> list[Row]:
    from archkit.bench import demo  # noqa: PLC0415

    return demo.measure(project, repeats=rounds)


def _lab(_: Project, rounds: int) -> list[Row]:
    from archkit.bench import lab  # noqa: PLC0415

    return lab.measure(repeats=rounds)


def _healing(_: Project, rounds: int) -> list[Row]:
    from archkit.bench import healing  # noqa: PLC0415
    from archkit.machine import base_image  # noqa: PLC0415

    tries = {"ctrl_c": 50, "kills": 10} if rounds > 1 else {"ctrl_c": 6, "kills": 4}
    return healing.rows(image=base_image.TAG, **tries)


def _edge(_: Project, rounds: int) -> list[Row]:
    from archkit.bench import edge  # noqa: PLC0415

    return edge.measure(rounds=rounds)


def _scaling(project: Project, rounds: int) -> list[Row]:
    from archkit.bench import scaling  # noqa: PLC0415

    return scaling.measure(project, rounds=rounds)


SECTIONS: tuple[Section, ...] = (
    Section(name="recording", title="Recording a design under mocks", measure=_recording),
    Section(name="diagrams", title="Diagrams", measure=_diagrams),
    Section(name="generator", title="The load generator", measure=_generator),
    Section(name="web", title="The web design on Docker", measure=_web),
    Section(name="edge", title="The edge", measure=_edge),
    Section(name="scaling", title="A group that follows its load", measure=_scaling),
    Section(name="cache", title="A cache that loses its primary", measure=_cache),
    Section(name="api", title="The api design on Docker", measure=_api),
    Section(name="database", title="The database, when its servers fail", measure=_database),
    Section(name="backup", title="Copies, restores and the loss of the site", measure=_backup),
    Section(name="drills", title="What clients see of each failure", measure=_drills),
    Section(name="zones", title="What clients see when a zone is lost", measure=_zones),
    Section(name="demo", title="From nothing to a running design", measure=_demo),
    Section(name="healing", title="Interrupted drills", measure=_healing),
    Section(name="lab", title="Three zones on one machine", measure=_lab),
)


def chosen(names: list[str]) -> list[Section]:
    """The sections of those names, all where there are none.

    Raises:
        UserError: A name that is no section's.

    """
    known = {section.name: section for section in SECTIONS}
    unknown = [name for name in names if name not in known]
    if unknown:
        message = f"section: must be one of {', '.join(known)}, got {', '.join(unknown)}"
        raise UserError(message)
    return [known[name] for name in names] if names else list(SECTIONS)
