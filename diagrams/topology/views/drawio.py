"""A draw.io file (mxGraph XML, uncompressed) of a scene, so that people can go on drawing."""

from __future__ import annotations

import re
from html import escape

from topology import theme
from topology.icons import Icons
from topology.kinds import EdgeKind
from topology.views.metrics import clean, number
from topology.views.scene import Box, Icon, Line, Rect, Scene, Shape, Text

_COLOUR = re.compile(r"(fill|stroke):(#[0-9a-f]{6}|none)")


def document(scene: Scene, icons: Icons) -> str:
    """The file's text: every shape of the scene; arrows are tied to the cards or icons that they join."""
    colours = theme.light_colours()
    ends = _ends(scene)
    cells = ['<mxCell id="0"/>', '<mxCell id="1" parent="0"/>']
    for place, shape in enumerate(scene.shapes):
        cells += _cell(f"s{place}", shape, icons, colours, ends)
    size = f'pageWidth="{number(scene.width)}" pageHeight="{number(scene.height)}"'
    return (
        f'<mxfile host="archkit"><diagram id="{scene.view}" name="{_safe(scene.title)}">'
        f'<mxGraphModel grid="0" page="1" {size}><root>\n' + "\n".join(cells) + "\n</root></mxGraphModel>"
        "</diagram></mxfile>\n"
    )


def _ends(scene: Scene) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, shape in enumerate(scene.shapes):
        if shape_owner := (shape.owner if isinstance(shape, (Rect, Icon)) else ""):
            found.setdefault(shape_owner, f"s{place}")
    return found


def _cell(id_: str, shape: Shape, icons: Icons, colours: dict[str, str], ends: dict[str, str]) -> list[str]:
    match shape:
        case Rect():
            style = _rect(shape, colours)
            return [_vertex(id_, "", style, shape.box)]
        case Icon():
            art = icons.art(shape.key)
            if art is None:
                style = "rounded=1;html=0;fillColor=#e3e8ed;strokeColor=#8a97a3;"
                return [_vertex(id_, icons.initials(shape.key), style, shape.box)]
            uri = art.uri.replace(";base64", "")
            return [_vertex(id_, "", f"shape=image;imageAspect=0;aspect=fixed;image={uri};", shape.box)]
        case Text():
            return [_text(id_, shape, colours)] if shape.text else []
        case Line():
            return [_line(id_, shape, ends)]


def _rect(rect: Rect, colours: dict[str, str]) -> str:
    found = dict(_COLOUR.findall(colours.get(rect.style.split(" ")[0], "")))
    dashed = "dashed=1;" if rect.style.split(" ")[0] in ("f-zone", "f-region", "card-open") else ""
    fill, stroke = found.get("fill", "none"), found.get("stroke", "none")
    return f"rounded=1;arcSize=4;html=0;fillColor={fill};strokeColor={stroke};{dashed}"


def _vertex(id_: str, value: str, style: str, box: Box) -> str:
    place = f'x="{number(box.x)}" y="{number(box.y)}" width="{number(box.w)}" height="{number(box.h)}"'
    return (
        f'<mxCell id="{id_}" value="{_safe(value)}" style="{_safe(style)}" vertex="1" parent="1">'
        f'<mxGeometry {place} as="geometry"/></mxCell>'
    )


def _text(id_: str, text: Text, colours: dict[str, str]) -> str:
    align = {"start": "left", "middle": "center", "end": "right"}[text.anchor]
    colour = dict(_COLOUR.findall(colours.get(text.style, ""))).get("fill", "#1c2733")
    bold = "fontStyle=1;" if text.bold else ""
    style = (
        f"text;html=0;align={align};verticalAlign=middle;spacing=0;fontFamily=Helvetica;"
        f"fontSize={number(text.size)};fontColor={colour};{bold}"
    )
    return _vertex(id_, text.text, style, text.box)


def _line(id_: str, line: Line, ends: dict[str, str]) -> str:
    kind = line.style.removeprefix("e-")
    style = theme.EDGES[EdgeKind(kind)] if kind in set(EdgeKind) else None
    colour = style.light if style else "#55626f"
    dash = f"dashed=1;dashPattern={style.dash};" if style and style.dash else ""
    look = f"edgeStyle=orthogonalEdgeStyle;rounded=0;html=0;endArrow=block;strokeColor={colour};strokeWidth=1.6;{dash}"
    tied = "".join(
        f' {end}="{ends[owner]}"' for end, owner in (("source", line.source), ("target", line.target)) if owner in ends
    )
    points = "".join(f'<mxPoint x="{number(x)}" y="{number(y)}"/>' for x, y in line.points[1:-1])
    (ax, ay), (bx, by) = line.points[0], line.points[-1]
    return (
        f'<mxCell id="{id_}" style="{look}" edge="1" parent="1"{tied}><mxGeometry relative="1" as="geometry">'
        f'<mxPoint x="{number(ax)}" y="{number(ay)}" as="sourcePoint"/>'
        f'<mxPoint x="{number(bx)}" y="{number(by)}" as="targetPoint"/>'
        f'<Array as="points">{points}</Array></mxGeometry></mxCell>'
    )


def _safe(text: str) -> str:
    return escape(clean(text), quote=True)
