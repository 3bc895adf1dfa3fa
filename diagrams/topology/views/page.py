"""One self-contained HTML page of a design: all views, connections with evidence, search, links to the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from topology import theme
from topology.icons import Icons
from topology.model import Model
from topology.theme import CHANGES, EDGES, Mode
from topology.views import furniture, inventory, logical, summary
from topology.views.metrics import clean
from topology.views.scene import Scene
from topology.views.svg import document as svg_document
from topology.views.svg import symbols, used_icons

Link = Callable[[str], str]

_STYLE = """
:root{color-scheme:light dark}
body{margin:0;font:15px/1.45 system-ui,Arial,sans-serif;background:#fff;color:#1c2733}
header{position:sticky;top:0;z-index:1;background:#fff;border-bottom:1px solid #d5dce3;padding:.6rem 1rem;
display:flex;gap:1rem;flex-wrap:wrap;align-items:center}
h1{font-size:1.1rem;margin:0}h2{font-size:1.05rem;margin:1.6rem 0 .5rem}
nav a{margin-right:.8rem}main{max-width:1100px;margin:0 auto;padding:0 1rem 3rem}
input{font:inherit;padding:.3rem .6rem;min-width:19rem;border:1px solid #8a97a3;border-radius:6px;
background:inherit;color:inherit}
.view{overflow-x:auto;border:1px solid #d5dce3;border-radius:8px}.view svg{max-width:100%;height:auto;display:block}
table{border-collapse:collapse;width:100%;font-size:.86rem}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #d5dce3;vertical-align:top;
overflow-wrap:break-word;max-width:30rem}
.hit{fill:none;stroke:transparent;stroke-width:14;pointer-events:stroke}
svg g[data-id]:hover>.e{stroke-width:3.5}
.warn{color:#a83200}.faint{opacity:.15}.found{outline:3px solid #e0a100}
a{color:#1668b3}:focus-visible{outline:3px solid #1668b3;outline-offset:2px}
@media (prefers-color-scheme:dark){body,header{background:#0f151b;color:#e6edf3}
header,.view,th,td{border-color:#2c3843}a{color:#62b0f5}.warn{color:#ff9e6b}}
"""
_SCRIPT = """
const box=document.getElementById('search'),count=document.getElementById('count');
box.addEventListener('input',()=>{const words=box.value.trim().toLowerCase();let shown=0;
const hits=new Set();
for(const row of document.querySelectorAll('tbody tr')){const hit=row.textContent.toLowerCase().includes(words);
row.hidden=!hit;if(hit){shown++;(row.dataset.ids||'').split(' ').forEach(id=>id&&hits.add(id))}}
for(const part of document.querySelectorAll('svg [data-id]'))
part.classList.toggle('faint',words!==''&&!hits.has(part.dataset.id));
count.textContent=words?shown+(shown===1?' row':' rows'):'';});
for(const line of document.querySelectorAll('svg g[data-id]>path.e')){ // a thin line is hard to point at
const hit=line.cloneNode();hit.setAttribute('class','hit');line.before(hit)}
document.addEventListener('keydown',event=>{if(event.key==='/'&&event.target!==box){event.preventDefault();box.focus()}
if(event.key==='Escape'){box.value='';box.dispatchEvent(new Event('input'))}});
"""


def document(model: Model, scenes: Mapping[str, Scene], icons: Icons, link: Link) -> str:
    """The page. Args: `link` turns `stacks/web.py:12` into an address relative to the page, or nothing."""
    drawn = [name for name in scenes if name != "inventory"]
    keys = used_icons([scenes[name] for name in drawn])
    ordered = {name: svg_document(scenes[name], icons, prefix="v-", embed=False) for name in drawn}
    if "logical" not in scenes:
        ordered["logical"] = f'<p class="warn">{_safe(logical.MISSING)}</p>'
    names = [name for name, text in ordered.items() if text]
    sections = "".join(
        f'<section id="{name}"><h2>{name.capitalize()}</h2><div class="view" tabindex="0" '
        f'aria-label="{name} view">{ordered[name]}</div></section>'
        for name in names
    )
    links = "".join(f'<a href="#{name}">{name}</a>' for name in [*names, "connections", "inventory"])
    title = _safe(model.title)
    found = drawn_as(model, scenes)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="archkit-model" content="{model.hash}"><title>{title}: architecture</title>'
        f"<style>{_STYLE}{theme.sheet(Mode.AUTO)}</style></head><body>"
        '<svg width="0" height="0" aria-hidden="true" style="position:absolute">'
        f"<defs>{symbols(keys, icons)}</defs></svg>"
        f'<header><h1>{title}</h1><nav aria-label="views">{links}</nav>'
        '<label>Search <input id="search" type="search" placeholder="name, type, port, file (press /)"></label>'
        '<span id="count" role="status"></span></header><main>'
        f"{sections}{_connections(model, link, found)}{_inventory(model, link, found)}"
        f"<p>{_safe(furniture.foot_line(model))}</p></main><script>{_SCRIPT}</script></body></html>\n"
    )


def drawn_as(model: Model, scenes: Mapping[str, Scene]) -> dict[str, tuple[str, ...]]:
    """The ids under which a part is drawn: its own, and that of the one thing or arrow that stands for many.

    Args:
        model: All parts.
        scenes: The views, of which some draw like things together.

    """
    lines = {(one.source, one.target, one.style): one.owner for scene in scenes.values() for one in scene.lines()}
    groups = [*summary.summarise(model).groups.values(), *summary.summarise(model, logical.LIMIT).groups.values()]
    stands = {node.id: group.node.id for group in groups for node in group.nodes}
    found: dict[str, tuple[str, ...]] = {
        node.id: (node.id, stands[node.id]) for node in model.nodes if node.id in stands
    }
    for edge in model.edges:
        ends = stands.get(edge.source, edge.source), stands.get(edge.target, edge.target)
        owner = lines.get((*ends, f"e-{edge.kind}"), edge.id)
        found[edge.id] = tuple(dict.fromkeys((edge.id, owner)))
    return found


def _ids(*ids: str, found: Mapping[str, tuple[str, ...]]) -> str:
    return " ".join(dict.fromkeys(one for id_ in ids if id_ for one in found.get(id_, (id_,))))


def _connections(model: Model, link: Link, found: Mapping[str, tuple[str, ...]]) -> str:
    rows: list[str] = []
    for edge in model.edges:
        names = [model.node[one].label if one in model.node else one for one in (edge.source, edge.target)]
        proof = "<br>".join(f"{_safe(one.text)} {_place(model.at(one.urn), link)}" for one in edge.evidence)
        if edge.disagreement:
            proof += f'<br><strong class="warn">{_safe(edge.disagreement)}</strong>'
        change = f" ({CHANGES[edge.change].name})" if edge.change in CHANGES else ""
        ids = _ids(edge.id, edge.source, edge.target, found=found)
        rows.append(
            f'<tr data-ids="{_safe(ids)}"><td>{_safe(names[0])}</td><td>{_safe(names[1])}</td>'
            f"<td>{_safe(EDGES[edge.kind].name)}{change}</td><td>{_safe(edge.label)}</td><td>{proof}</td></tr>"
        )
    head = "".join(f"<th scope=col>{name}</th>" for name in ("from", "to", "what", "port or action", "evidence"))
    return (
        '<section id="connections"><h2>Connections</h2><div class="view" tabindex="0" aria-label="connections">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _inventory(model: Model, link: Link, found: Mapping[str, tuple[str, ...]]) -> str:
    rows = [
        f'<tr data-ids="{_safe(_ids(model.accounted[line.urn].id, found=found))}">'
        f"<td>{_safe(line.name)}</td><td>{_safe(line.type)}</td>"
        f"<td>{_safe(line.how)}</td><td>{_safe(line.at)}</td><td>{_place(line.position, link)}</td></tr>"
        for line in inventory.lines(model)
    ]
    head = "".join(f"<th scope=col>{name}</th>" for name in ("name", "type", "shown as", "at", "written in"))
    return (
        '<section id="inventory"><h2>Inventory</h2><div class="view" tabindex="0" aria-label="inventory">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _place(position: str, link: Link) -> str:
    if not position:
        return ""
    address = link(position)
    return f'<a href="{_safe(address)}">{_safe(position)}</a>' if address else _safe(position)


def _safe(text: str) -> str:
    return escape(clean(text), quote=True)
