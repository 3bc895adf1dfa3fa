"""What the designs' own pictures promise: small, the same bytes everywhere, and no resource left out."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from topology.derive import derive
from topology.views import bundle

from archkit.bench import pythons
from archkit.bench.rows import Row
from archkit.graph import Graph
from archkit.pictures.sources import from_stack, shipped
from archkit.recorder import record
from archkit.stack.project import Project

MOST_KILOBYTES = 300.0
"""The largest self-contained SVG of the `web` design, in units of 1000 bytes."""
SEEDS = range(5)
_TIMEOUT_SECONDS = 300.0
_SCRIPT = """
import hashlib, sys
from pathlib import Path
from topology.derive import derive
from topology.readers import read_file
from topology.views import bundle
digest = hashlib.sha256()
for path in sorted(Path(sys.argv[1]).glob("*.json")):
    files = bundle.build(derive(read_file(path).graph), "", formats=["svg", "mermaid", "drawio", "html"]).files
    for name in sorted(files):
        digest.update(name.encode() + files[name])
print(digest.hexdigest())
"""


def measure(project: Project) -> list[Row]:
    """Bytes of the `web` design's SVG, sameness of all designs' files, and what is accounted for."""
    graphs = {name: from_stack(project, name).graph for name in shipped(project)}
    return [_size(graphs), _sameness(graphs, project.root), _accounted(graphs, project.root)]


def _size(graphs: dict[str, Graph]) -> Row:
    sizes = {
        f"{stack} {name}": len(data) / 1000
        for stack, graph in graphs.items()
        if stack.startswith("web-")
        for name, data in bundle.build(derive(graph), "", formats=["svg"]).files.items()
    }
    largest = max(sizes, key=lambda one: (sizes[one], one))
    return Row(
        what="largest SVG of the web design, kB",
        target=f"<= {MOST_KILOBYTES:g}",
        measured=f"{sizes[largest]:.0f}",
        met=sizes[largest] <= MOST_KILOBYTES,
        n=len(sizes),
        note=largest,
    )


def _sameness(graphs: dict[str, Graph], root: Path) -> Row:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        saved = Path(one) / "graphs"
        saved.mkdir()
        for name, graph in graphs.items():
            (saved / f"{name}.json").write_text(graph.to_json())
        second = pythons.other(root)
        programs = [sys.executable, *([second.program] if second.program else [])]
        digests = [
            _digest(program, saved, root, seed, folder)
            for program in programs
            for seed in SEEDS
            for folder in (one, other)
        ]
    same = 100.0 * digests.count(digests[0]) / len(digests)
    versions = ", ".join(pythons.version(one) for one in programs)
    alone = f"; {second.why}" if second.why else ""
    return Row(
        what=f"equal bytes over {len(SEEDS)} hash seeds, two Python versions and 2 working directories, %",
        target=">= 100",
        measured=f"{same:.0f}",
        met=same == 100.0,
        n=len(digests),
        note=f"all files of {len(graphs)} designs; Python {versions}{alone}",
    )


def _digest(program: str, saved: Path, root: Path, seed: int, folder: str) -> str:
    environment = {**pythons.environment(root), "PYTHONHASHSEED": str(seed)}
    done = subprocess.run(
        [program, "-c", _SCRIPT, str(saved)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=_TIMEOUT_SECONDS,
    )
    return done.stdout.strip()


def _accounted(graphs: dict[str, Graph], root: Path) -> Row:
    programs = dict(_programs(root))
    everything = [*graphs.values(), *programs.values()]
    wanted = sum(len(graph.resources) for graph in everything)
    known = sum(len(set(derive(one).accounted) & {each.urn for each in one.resources}) for one in everything)
    share = 100.0 * known / wanted
    return Row(
        what="resources accounted for, %",
        target=">= 100",
        measured=f"{share:.0f}" if known in (0, wanted) else f"{share:.2f}",
        met=known == wanted,
        n=wanted,
        note=f"{len(graphs)} designs and {len(programs)} other programs",
    )


def _programs(root: Path) -> Iterator[tuple[str, Graph]]:
    """The programs of the diagrams' tests, which are not of the kit."""
    for path in sorted((root / "tests" / "diagrams" / "programs").glob("*.py")):
        found: dict[str, Any] = runpy.run_path(str(path))
        yield path.stem, record(found["program"], stack=path.stem.replace("_", "-"), resources=found.get("OUTPUTS", {}))
