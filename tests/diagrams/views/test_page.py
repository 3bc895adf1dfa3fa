"""The HTML page: what a search finds stays, hovering tells why, links lead to the line; and what disagrees is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from topology.derive import derive
from topology.model import Model
from topology.views import bundle

from archkit.graph import Graph

ROOT = Path(__file__).parents[3]
ModelOf = Callable[[str], Model]
WORDS = "a link is declared, but no network rule lets web-asg reach data-db on port 5433"


def _page(model: Model) -> str:
    def link(at: str) -> str:
        name, _, line = at.rpartition(":")
        return f"{name}#L{line}"

    return bundle.build(model, "{}", formats=["html"], link=link).files["index.html"].decode()


def _section(page: str, name: str) -> str:
    return page.split(f'<section id="{name}">')[1].split("</section>", maxsplit=1)[0]


def test_all_views_and_both_tables_are_on_the_page(program: str, model_of: ModelOf) -> None:
    page = _page(model_of(program))
    assert re.findall(r'<section id="(\w+)">', page) == [
        "context",
        "logical",
        "deployment",
        "security",
        "connections",
        "inventory",
    ]
    model = model_of(program)
    assert _section(page, "inventory").count("<tr data-ids") == len(model.accounted)
    assert _section(page, "connections").count("<tr data-ids") == len(model.edges)


def test_every_part_that_a_row_names_can_be_found_by_a_search(program: str, model_of: ModelOf) -> None:
    page, model = _page(model_of(program)), model_of(program)
    assert 'id="search"' in page
    rows = [set(ids.split()) for ids in re.findall(r'<tr data-ids="([^"]*)"', page)]
    assert {one.id for one in model.nodes} - {"users"} <= set().union(*rows)
    for view in ("logical", "deployment"):
        drawn = set(re.findall(r'data-id="([^"]+)"', _section(page, view)))
        faded = [row for row in rows if row & {one.id for one in model.nodes} and not row & drawn]
        assert faded == [], f"a search for a name would fade the thing itself in the {view} view"
        lines = set(re.findall(r'<g data-id="([^"]+)"><title>[^<]*</title><path', _section(page, view)))
        arrows = [one for one in model.edges if one.kind != "grant"]  # what goes with a connection is told by its arrow
        lost = [one.id for one in arrows if not any(one.id in row and row & lines for row in rows)]
        assert lost == [], f"a search for the port would fade its arrow in the {view} view"


def test_arrows_of_the_security_view_are_found_with_those_of_the_others(model_of: ModelOf) -> None:
    model = model_of("three_tier")
    shown = set(re.findall(r'<g data-id="([^"]+)"><title>[^<]*</title><path', _section(_page(model), "security")))
    wanted = {one.edge for one in model.accesses if one.edge}
    wanted |= {one.id for one in model.edges if one.kind == "grant"}
    assert wanted
    assert wanted <= shown, "a search for the port would fade the rule that opens it"


def test_hovering_an_arrow_tells_every_rule_with_its_line(model_of: ModelOf) -> None:
    model = model_of("three_tier")
    page = _page(model)
    svg = _section(page, "deployment")
    for edge in model.edges:
        (title,) = re.findall(rf'<g data-id="{re.escape(edge.id)}"><title>([^<]*)</title><path', svg) or [""]
        for one in edge.evidence[:8]:
            assert one.text in unescape(title), f"{edge.id}: why is it there?"


def test_each_row_links_to_the_line_that_made_the_resource(record_stack: Callable[[str], Graph]) -> None:
    model = derive(record_stack("web-aws"))
    links = re.findall(r'<a href="([^"#]+)#L(\d+)">([^<]+)</a>', _page(model))
    assert len(links) > len(model.accounted), "rows of the inventory, and evidence of the connections"
    for name, line, words in set(links):
        assert words == f"{name}:{line}"
        assert 0 < int(line) <= len((ROOT / name).read_text().splitlines()), f"{words} is no line of a file"


@pytest.mark.parametrize("name", ["deployment.svg", "logical.svg", "security.svg", "index.html"])
def test_where_a_link_and_the_rules_disagree_the_drawing_says_so(name: str, model_of: ModelOf) -> None:
    model = model_of("three_tier")
    (odd,) = [one for one in model.edges if one.label == "5432" and one.kind == "traffic"]
    edges = tuple(replace(one, disagreement=WORDS) if one is odd else one for one in model.edges)
    told = bundle.build(replace(model, edges=edges), "{}", formats=["svg", "html"]).files[name].decode()
    shown = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", told)) if name.endswith(".svg") else told
    assert WORDS in " ".join(unescape(shown).split()), "only who hovers the right arrow would know"
    plain = bundle.build(model, "{}", formats=["svg", "html"]).files[name].decode()
    assert WORDS not in plain


def test_the_readme_shows_the_web_design_and_the_gallery_every_design_on_every_target() -> None:
    readme = (ROOT / "README.md").read_text()
    pictures = re.findall(r"!\[[^]]*\]\((diagrams/[^)]+)\)", readme)
    assert any("/web-" in one for one in pictures)
    page = (ROOT / "diagrams" / "README.md").read_text()
    for stack in sorted(path.stem for path in (ROOT / "stacks" / "config").glob("*.yaml")):
        for view in ("deployment", "logical", "context", "security"):
            pictures.append(f"diagrams/gallery/{stack}/{view}.svg")
            assert f"](gallery/{stack}/{view}.svg)" in page
        assert f"](gallery/{stack}/inventory.svg)" in page
    assert [one for one in pictures if not (ROOT / one).is_file()] == []


def test_make_check_checks_the_pictures() -> None:
    make = (ROOT / "Makefile").read_text()
    (check,) = re.findall(r"^check: ([^#\n]+)", make, re.MULTILINE)
    assert "check-pictures" in check.split()
    assert re.search(r"^check-pictures:[^\n]*\n\t\$\(BIN\)/archkit diagram --check$", make, re.MULTILINE)
