"""All files of one design's pictures, as bytes in memory; and how old files differ from them."""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from archkit.errors import UserError
from archkit.graph import Graph, Position
from topology.icons import Icons
from topology.model import Model
from topology.theme import Mode
from topology.views import context, deployment, drawio, inventory, logical, mermaid, page, security
from topology.views.png import NO_FONT, has_font, rendered
from topology.views.scene import Scene
from topology.views.svg import document as svg_document

VIEWS = ("context", "logical", "deployment", "security", "inventory")
_SCENES: dict[str, Callable[[Model, Icons], Scene]] = {
    "context": context.scene,
    "logical": logical.scene,
    "deployment": deployment.scene,
    "security": security.scene,
    "inventory": inventory.scene,
}
_HASHES = (re.compile(r'data-model="([0-9a-f]{64})"'), re.compile(r'archkit-model" content="([0-9a-f]{64})"'))
_PNG_KEY = b"archkit-model\0"


class Format(StrEnum):
    """Kinds of files."""

    SVG = "svg"
    PNG = "png"
    HTML = "html"
    MERMAID = "mermaid"
    DRAWIO = "drawio"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Files by name, and what could not be drawn or needs saying."""

    files: dict[str, bytes]
    messages: tuple[str, ...]


def build(
    model: Model,
    graph_json: str,
    *,
    formats: Collection[str] = (Format.SVG, Format.MERMAID, Format.JSON),
    views: Collection[str] = VIEWS,
    link: page.Link | None = None,
) -> Bundle:
    """Draws everything that is asked for.

    Args:
        model: What to draw.
        graph_json: Text of the graph that it was made from.
        formats: Of `Format`.
        views: Of `VIEWS`; the page always has all of them.
        link: From `stacks/web.py:12` to an address, for the page.

    """
    icons = Icons()
    still = _seen("", model)
    files: dict[str, bytes] = {}
    messages: list[str] = []
    wanted = [one for one in VIEWS if one in views]
    scenes: dict[str, Scene] = {}
    for name, draw in _SCENES.items():
        if name in wanted or Format.HTML in formats:
            try:
                scenes[name] = draw(_seen(name, model), icons)
            except logical.MissingGraphvizError as error:
                messages.append(str(error))
    for name in wanted:
        if name in scenes:
            for suffix, data in _pictures(scenes[name], still, icons, formats):
                files[f"{name}{suffix}"] = data
    if Format.PNG in formats and not has_font():
        messages.append(NO_FONT)
    if Format.MERMAID in formats:
        files["architecture.mmd"] = mermaid.document(still).encode()
    if Format.DRAWIO in formats:
        scene = scenes.get("deployment") or deployment.scene(still, icons)
        files["architecture.drawio"] = drawio.document(scene, icons).encode()
    if Format.HTML in formats:
        files["index.html"] = page.document(model, scenes, icons, link or (lambda _: "")).encode()
    if Format.JSON in formats:
        files["graph.json"] = graph_json.encode()
    return Bundle(files=files, messages=(*messages, *icons.messages))


def _seen(view: str, model: Model) -> Model:
    """The model as a picture shows it: files in the inventory alone, no lines, so that moving code ages no picture."""
    files = {urn: Position(file=at.file, line=0) for urn, at in model.positions.items()}
    return replace(model, positions=files if view == "inventory" else {})


def _pictures(scene: Scene, model: Model, icons: Icons, formats: Collection[str]) -> list[tuple[str, bytes]]:
    def text(mode: Mode) -> str:
        return svg_document(scene, icons, mode)

    found: list[tuple[str, bytes]] = []
    if Format.SVG in formats:
        found.append((".svg", text(Mode.AUTO).encode()))
    if Format.PNG in formats:
        found.append((".png", _stamped(rendered(text(Mode.LIGHT)), model.hash)))
        found.append(("-dark.png", _stamped(rendered(text(Mode.DARK)), model.hash)))
    return found


def _stamped(png: bytes, model: str) -> bytes:
    """The PNG with the model's hash in a text chunk, behind its header."""
    body = b"tEXt" + _PNG_KEY + model.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:33] + chunk + png[33:]


def stale(bundle: Bundle, folder: Path, model: Model) -> list[str]:
    """Names of the files in a folder that do not show this model any more.

    What this code alone draws is compared byte by byte; what Graphviz or a converter drew, by the model's hash, since
    those differ from version to version; `graph.json` by the graph's own.
    """
    found: list[str] = []
    for name, data in bundle.files.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing")
            continue
        old = path.read_bytes()
        if name == "graph.json":
            try:  # its own hash is counted again: who edited it by hand left the line with the hash alone
                same = Graph.from_json(old.decode("utf-8", "replace"), source=name).hash == model.graph_hash
            except UserError as error:
                found += error.problems
                continue
        elif name in ("logical.svg", "index.html") or name.endswith(".png"):
            same = _hash_of(name, old) == model.hash
        else:
            same = old == data
        if not same:
            found.append(f"{name} shows an older design")
    return found


def _hash_of(name: str, data: bytes) -> str:
    if name.endswith(".png"):
        place = data.find(_PNG_KEY)
        return data[place + len(_PNG_KEY) :][:64].decode("ascii", "replace") if place >= 0 else ""
    text = data.decode("utf-8", "replace")
    match = next((found for one in _HASHES if (found := one.search(text))), None)
    return match[1] if match else ""


def write(bundle: Bundle, folder: Path) -> None:
    """Writes all files, each by renaming a complete one: a picture is never half written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in bundle.files.items():
        target = folder / name
        if target.is_file() and target.read_bytes() == data:
            continue
        part = folder / f".{name}.part"
        part.write_bytes(data)
        os.replace(part, target)  # noqa: PTH105 - one call that says atomic
