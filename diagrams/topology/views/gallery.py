"""The gallery: one page for all checked-in pictures."""

from __future__ import annotations

from collections.abc import Sequence

from topology.model import Model
from topology.views import furniture

_HEAD = """# Architecture diagrams

Drawn by `make diagrams` from the graph of each design; nothing here is drawn by hand, and `make check` fails where a
picture no longer shows the code. The pictures follow the reader's light or dark mode, and hovering an arrow tells why
it is there. `archkit diagram --help` has the other formats (PNG, one HTML page with search and links to the code,
draw.io) and what else can be drawn: a saved graph, a preview, a deployed stack, the difference between two of them.
"""
_VIEWS = (
    ("deployment", "What runs where, and what flows between."),
    ("logical", "The same parts by flow."),
    ("context", "Who uses it, and what it uses."),
    ("security", "Who may reach what, on which port, by which rule."),
)


def page(models: Sequence[tuple[str, Model]], folder: str = "gallery") -> str:
    """The gallery's Markdown. Args: `models` by stack name, in the order in which they are shown."""
    parts = [_HEAD]
    for name, model in models:
        at = f"{folder}/{name}"
        parts.append(f"## {name}\n\n{furniture.foot_line(model)}\n")
        parts += [f"{text}\n\n![{name}: {view} view]({at}/{view}.svg)\n" for view, text in _VIEWS]
        parts.append(
            f"All resources: [inventory]({at}/inventory.svg). As text: [graph]({at}/graph.json), "
            f"[Mermaid]({at}/architecture.mmd).\n"
        )
    return "\n".join(parts)
