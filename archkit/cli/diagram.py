"""`archkit diagram`: pictures of a design from its own resource graph, and whether the checked-in ones still hold."""

from __future__ import annotations

import os.path
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from topology.diff import diff
from topology.lint import Finding, lint
from topology.model import Model
from topology.readers import read_file
from topology.views import bundle, gallery
from topology.views.bundle import VIEWS, Bundle, Format
from topology.views.logical import MISSING

from archkit import console
from archkit.errors import ExitCode, UserError
from archkit.pictures.sources import Source, from_file, from_stack, shipped
from archkit.stack.project import PRIVATE, Project, find_project

GALLERY = Path("diagrams") / "gallery"
INDEX = Path("diagrams") / "README.md"
UNCHECKED = (
    "logical.svg was NOT checked: Graphviz's program `dot` was not found; install the package `graphviz` "
    "(apt install graphviz, brew install graphviz) and check again"
)


@dataclass(kw_only=True)
class Outcome:
    """What became of one design."""

    name: str
    folder: Path
    model: Model
    files: list[str] = field(default_factory=list[str])
    stale: list[str] = field(default_factory=list[str])
    differences: list[str] = field(default_factory=list[str])
    findings: list[Finding] = field(default_factory=list[Finding])
    messages: list[str] = field(default_factory=list[str])

    def document(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "folder": str(self.folder),
            "resources": len(self.model.accounted),
            "counts": {str(how): count for how, count in self.model.counts.items()},
            "graph": self.model.graph_hash,
            "model": self.model.hash,
            "files": self.files,
            "stale": self.stale,
            "differences": self.differences,
            "findings": [asdict(one) for one in self.findings],
            "messages": self.messages,
        }


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("diagram")(diagram)


def diagram(
    stack: Annotated[str | None, typer.Argument(help="`<design>-<target>`; all that ship where none is given.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All designs on all targets, and the gallery's page.")] = False,
    graph: Annotated[Path | None, typer.Option(help="Draw a saved graph.json.")] = None,
    preview: Annotated[Path | None, typer.Option(help="Draw what `pulumi preview --json` printed.")] = None,
    export: Annotated[Path | None, typer.Option(help="Draw what `pulumi stack export` printed.")] = None,
    output: Annotated[Path | None, typer.Option(help="Folder for the files.")] = None,
    formats: Annotated[
        str, typer.Option("--format", help="svg, png, html, mermaid, drawio, json.")
    ] = "svg,mermaid,json",
    views: Annotated[str, typer.Option("--view", help=f"{', '.join(VIEWS)}.")] = ",".join(VIEWS),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; end with 1 where files are stale.")] = False,
    base: Annotated[
        Path | None, typer.Option("--diff", help="Colour what changed since this graph, preview or export.")
    ] = None,
    with_lint: Annotated[bool, typer.Option("--lint", help="Tell what looks wrong in the architecture.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="With --lint: end with 1 where something does.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Draw a design from its own resource graph: no cloud, no engine, no credentials.

    What ships is drawn with the configuration that ships, into diagrams/gallery; everything else into
    .archkit/diagrams, or where --output says.

    Examples:

        archkit diagram web-aws

        archkit diagram --all --check

        archkit diagram web-aws --format html,png,drawio --output /tmp/web

        pulumi preview --json > plan.json && archkit diagram --preview plan.json --view deployment

        archkit diagram web-aws --diff diagrams/gallery/web-aws/graph.json

        archkit diagram web-aws --lint --strict
    """
    wanted = _choice("--format", formats, [str(one) for one in Format]), _choice("--view", views, list(VIEWS))
    given = [one for one in (stack, graph, preview, export) if one is not None]
    if len(given) > 1 or (given and every):
        message = (
            "diagram: must draw one thing, got several; name a stack, or one of --graph, --preview, --export, --all"
        )
        raise UserError(message)
    file = graph or preview or export
    project = None if file is not None and output is not None else find_project()
    sources = [from_file(file)] if file is not None else _sources(project or find_project(), stack)
    outcomes: list[Outcome] = []
    built: list[Bundle] = []
    for source in sources:
        outcome, drawn = _draw(source, project, output, wanted, base=base, many=len(sources) > 1)
        outcome.findings = list(lint(source.model)) if with_lint or strict else []
        outcomes.append(outcome)
        built.append(drawn)
    index = gallery.page([(one.name, one.model) for one in outcomes])
    whole = not given and output is None and base is None and project is not None
    if check:
        for outcome, drawn in zip(outcomes, built, strict=True):
            _compare(outcome, drawn)
        if whole and project is not None and _text(project.root / INDEX) != index:
            outcomes[0].stale.append(f"{INDEX} lists other designs or figures")
    else:
        _write(outcomes, built, project.root / INDEX if whole and project is not None else None, index)
    _report(outcomes, as_json=as_json, check=check)
    if (check and any(one.stale for one in outcomes)) or (strict and any(one.findings for one in outcomes)):
        raise typer.Exit(ExitCode.FAILED)


def _choice(option: str, given: str, known: list[str]) -> list[str]:
    asked = [one.strip() for one in given.split(",") if one.strip()]
    wrong = [one for one in asked if one not in known]
    if wrong or not asked:
        message = f"{option}: must be some of {', '.join(known)}, got {', '.join(wrong) or 'nothing'}"
        raise UserError(message)
    return asked


def _sources(project: Project, stack: str | None) -> list[Source]:
    if stack is not None:
        return [from_stack(project, stack)]
    return [from_stack(project, name) for name in shipped(project)]


def _draw(
    source: Source,
    project: Project | None,
    output: Path | None,
    wanted: tuple[list[str], list[str]],
    *,
    base: Path | None,
    many: bool,
) -> tuple[Outcome, Bundle]:
    model, differences = source.model, list[str]()
    if base is not None:
        found = diff(Source.of(read_file(base)).model, model)
        model, differences = found.merged, list(found.lines())
    folder = _folder(source, project, output, changed=base is not None, many=many)
    root = project.root if project is not None else Path.cwd()
    formats, views = wanted
    drawn = bundle.build(
        model, source.graph.to_json(), formats=formats, views=views, link=lambda at: _link(root, folder, at)
    )
    outcome = Outcome(
        name=source.name,
        folder=folder,
        model=model,
        files=list(drawn.files),
        differences=differences,
        messages=list(drawn.messages),
    )
    return outcome, drawn


def _folder(source: Source, project: Project | None, output: Path | None, *, changed: bool, many: bool) -> Path:
    if output is not None:
        return output / source.name if many else output
    root = project.root if project is not None else Path.cwd()
    if source.ships and not changed:
        return root / GALLERY / source.name
    return root / PRIVATE / "diagrams" / (f"{source.name}-change" if changed else source.name)


def _link(root: Path, folder: Path, at: str) -> str:
    """A relative address of `stacks/web.py:12`; nothing for what lies outside of the project."""
    name, _, line = at.rpartition(":")
    path = (root / name).resolve()
    if not path.is_file() or not path.is_relative_to(root.resolve()):
        return ""
    up = Path(os.path.relpath(path, folder.resolve()))  # Python 3.11's pathlib cannot walk up
    return f"{up.as_posix()}#L{line}"


def _compare(outcome: Outcome, drawn: Bundle) -> None:
    outcome.stale = bundle.stale(drawn, outcome.folder, outcome.model)
    if MISSING in outcome.messages:
        outcome.messages[outcome.messages.index(MISSING)] = UNCHECKED
    old = outcome.folder / "graph.json"
    if outcome.stale and old.is_file():
        with suppress(UserError):  # what cannot be read is stale, and said
            outcome.differences = list(diff(Source.of(read_file(old)).model, outcome.model).lines())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _write(outcomes: list[Outcome], built: list[Bundle], index_file: Path | None, index: str) -> None:
    try:
        for outcome, drawn in zip(outcomes, built, strict=True):
            bundle.write(drawn, outcome.folder)
        if index_file is not None:
            bundle.write(Bundle(files={index_file.name: index.encode()}, messages=()), index_file.parent)
    except OSError as error:
        message = f"--output: must be a folder that can be written, got {error.filename}; {error.strerror}"
        raise UserError(message) from error


def _report(outcomes: list[Outcome], *, as_json: bool, check: bool) -> None:
    if as_json:
        console.print_json([one.document() for one in outcomes])
        return
    for one in outcomes:
        for message in one.messages:
            console.err.print(message, markup=False)
        done = f"{len(one.stale)} stale" if check and one.stale else "up to date" if check else f"in {one.folder}"
        total = len(one.model.accounted)
        console.out.print(f"{one.name}: {total} resources, {len(one.files)} files {done}", markup=False)
        for line in (*(f"stale: {text}" for text in one.stale), *one.differences):
            console.out.print(f"  {line}", markup=False)
        for finding in one.findings:
            console.out.print(f"  {finding}", markup=False)
    if check and any(one.stale for one in outcomes):
        console.err.print("draw them again: make diagrams", markup=False)
