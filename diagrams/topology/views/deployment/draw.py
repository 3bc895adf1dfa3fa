"""Shapes of the things in the rows: tiles, cards, bands, groups and chips."""

from __future__ import annotations

from dataclasses import replace

from topology.icons import Icons
from topology.kinds import Change, Placement
from topology.model import Model
from topology.parts import Badge, Node
from topology.theme import CHANGES, MARKS
from topology.views import metrics
from topology.views.deployment import cells, items
from topology.views.deployment.items import BADGE, ICON, SMALL, Item
from topology.views.scene import Box, Icon, Rect, Role, Shape, Text, said


class Pen:
    """Draws items of one model."""

    def __init__(self, model: Model, icons: Icons) -> None:
        self._model = model
        self._icons = icons

    def draw(self, item: Item) -> list[Shape]:
        """One item, at the place that the plan gave it."""
        shapes = {
            "tile": self._tile,
            "card": self._card,
            "band": self._band,
            "group": self._group,
            "chip": self._chip,
        }[item.form](item)
        return shapes + self._change(item)

    def about(self, node: Node) -> str:
        """What hovering a node says."""
        lines = [" · ".join(part for part in (node.service, node.label) if part), *node.details]
        if node.type:
            lines.append(node.type)
        if node.zones:
            lines.append(f"zones: {', '.join(node.zones)}{f' ({node.zone_note})' if node.zone_note else ''}")
        elif node.zone_note:
            lines.append(node.zone_note)
        names = [self._model.container[one].label for one in node.networks if one in self._model.container]
        if names:
            lines.append(f"attached to: {', '.join(names[:12])}")
        lines += [f"{one.role} {one.label} {one.zone}".strip() for one in node.members[:12]]
        lines += [f"{badge.kind}: {badge.label}" for badge in node.badges]
        if node.urns and (at := self._model.at(node.urns[0])):
            lines.append(at)
        return "\n".join(line for line in lines if line)

    def _tile(self, item: Item) -> list[Shape]:
        node = item.node
        icon = Box(item.cx - ICON / 2, item.y, ICON, ICON)
        shapes: list[Shape] = [Icon(box=icon, key=self._icons.of(node), title=self.about(node), owner=node.id)]
        y = icon.bottom + 2
        for text, size, bold in items.tile_lines(node, item.w if item.w > 140 else 158):
            y += size + 3
            style = "t" if size == items.BODY else "t2"
            title = metrics.clean(node.label) if text != metrics.clean(node.label) and style == "t" else ""
            shapes.append(
                Text(
                    x=item.cx,
                    y=y - 2,
                    text=text,
                    size=size,
                    style=style,
                    anchor="middle",
                    bold=bold,
                    owner=node.id,
                    title=title,
                )
            )
        return shapes + self._badges(node, icon.right + 4, icon.y, forward=True)

    def _card(self, item: Item) -> list[Shape]:
        node = item.node
        shapes: list[Shape] = [self._ground(item, _style(item))]
        icon = Box(item.x + 9, item.y + (item.h - ICON) / 2, ICON, ICON)
        shapes.append(Icon(box=icon, key=self._icons.of(node), title=self.about(node), owner=node.id))
        taken = min(len(node.badges), 3) * (BADGE + 3)
        x, y = icon.right + 9, item.y + 19
        lines = items.card_lines(node, item.w)
        y += max(0.0, (item.h - 12 - 16 - len(lines) * 14 - 4) / 2)
        room = item.right - x - 8
        # A long name has the whole of its line; the badges then stand in the other corner.
        low = metrics.width(metrics.clean(node.label), 12, bold=True) > room - taken
        badge = Box(item.right - 6 - taken, item.bottom - 5 - BADGE if low else item.y + 5, taken, BADGE)
        shapes += self._badges(node, item.right - 6, badge.y, forward=False)

        def free(baseline: float) -> float:
            return room - taken if baseline + 3 > badge.y and baseline - 10 < badge.bottom else room

        shapes.append(said(x, y, node.label, room=free(y), size=12, bold=True, owner=node.id))
        for line in lines:
            y += 14
            shapes.append(said(x, y, line, room=free(y), size=11, style="t2", owner=node.id))
        return shapes

    def _chip(self, item: Item) -> list[Shape]:
        node = item.node
        icon = Box(item.x + 4, item.y + (item.h - SMALL) / 2, SMALL, SMALL)
        x = icon.right + 6
        room = item.right - x - 2
        here = next((one for one in node.members if item.zone and one.zone == item.zone), None)
        name = metrics.clean(here.label if here is not None and here.label else node.label)
        second = next(iter(items.chip_lines(node)), "")
        if item.span is not None:
            second = " · ".join(one for one in (second, metrics.clean(node.zone_note)) if one)
        shapes: list[Shape] = [self._ground(item, "card-open")] if item.span is not None else []
        shapes += [
            Icon(box=icon, key=self._icons.of(node), title=self.about(node), owner=node.id),
            said(x, item.y + (16 if second else 22), name, room=room, size=11, owner=node.id),
        ]
        if second:
            shapes.append(said(x, item.y + 29, second, room=room, size=10, style="t2", owner=node.id))
        return shapes

    def _band(self, item: Item) -> list[Shape]:
        node = item.node
        shapes: list[Shape] = [self._ground(item, _style(item))]
        shapes += self._badges(node, item.right - 6, item.y + 5, forward=False)
        room = item.w - min(len(node.badges), 3) * (BADGE + 3) - 20
        words, note = items.band_heading(node)
        if not items.notes_beside(node, item.w):
            words, note = items.band_heading(replace(node, details=()))
        heading = said(item.x + 10, item.y + 17, words, room=room, size=12, bold=True, owner=node.id)
        shapes.append(heading)
        left = room - heading.box.w - 14
        if note and left > 60:
            shapes.append(
                said(item.x + 10 + heading.box.w + 10, item.y + 17, note, room=left, size=11, style="t2", owner=node.id)
            )
        return shapes + self._columns(item)

    def _columns(self, item: Item) -> list[Shape]:
        node, shapes = item.node, list[Shape]()
        found = cells.of(item)
        shown_at = [place for place, cell in enumerate(found) if cell[3]] or [len(found) // 2]
        middle = min(shown_at, key=lambda place: (abs(place - len(found) // 2), place))
        for place, (left, right, members, shown) in enumerate(found):
            centre, room = (left + right) / 2, right - left - 14
            captions = [one for member in members[:1] for one in cells.caption(member, node)]
            if len(members) > 1:
                captions = [f"{len(members)} \u00d7 {members[0].role or 'member'}"]
            if place == middle and node.details and not items.notes_beside(node, item.w):
                captions.append(" · ".join(node.details[:2]))
            y = item.y + 24
            if shown:
                key, title = self._icons.of(node), self.about(node)
                shapes.append(Icon(box=Box(centre - ICON / 2, y, ICON, ICON), key=key, title=title, owner=node.id))
            y += ICON + 2
            for caption in captions[:3]:
                y += 14
                shapes.append(said(centre, y, caption, room=room, size=11.5, anchor="middle", owner=node.id))
        return shapes

    def _group(self, item: Item) -> list[Shape]:
        group = item.group
        if group is None:
            return []
        node = item.node
        shapes: list[Shape] = [self._ground(item, "card-many")]
        key = self._icons.of(group.nodes[0])
        shapes.append(Icon(box=Box(item.x + 10, item.y + 7, 22, 22), key=key, title=self.about(node), owner=node.id))
        words = " · ".join([metrics.clean(node.label), *(metrics.clean(one) for one in node.details[:1])])
        shapes.append(said(item.x + 40, item.y + 23, words, room=item.w - 60, size=12, bold=True, owner=node.id))
        per_row = max(1, int((item.w - 20) // 148))
        pitch = (item.w - 20) / per_row
        shown = group.nodes[: group.shown]
        for place, one in enumerate(shown):
            x = item.x + 12 + (place % per_row) * pitch
            y = item.y + 38 + (place // per_row) * 19
            shapes.append(Icon(box=Box(x, y, 14, 14), key=key, title=self.about(one), owner=one.id))
            shapes.append(said(x + 19, y + 11, one.label, room=pitch - 26, size=11, owner=one.id))
        if len(shown) < len(group.nodes):
            y = item.y + 38 + (-(-len(shown) // per_row)) * 19 + 11
            words = f"and {len(group.nodes) - len(shown)} more: all of them are in the inventory"
            shapes.append(said(item.x + 12, y, words, room=item.w - 24, size=11, style="t2", owner=node.id))
        return shapes

    def _ground(self, item: Item, style: str) -> Rect:
        change = item.node.change
        style = style if change is Change.SAME else f"{style} c-{change}"
        box = item.box if item.span is None else Box(item.span[0], item.y, item.span[1] - item.span[0], item.h)
        return Rect(box=box, style=style, title=self.about(item.node), owner=item.node.id, solid=True)

    def _badges(self, node: Node, x: float, y: float, *, forward: bool) -> list[Shape]:
        shapes: list[Shape] = []
        for badge in node.badges[:3]:
            left = x if forward else x - BADGE
            shapes.append(self.badge(badge, left, y))
            x = x + BADGE + 3 if forward else x - BADGE - 3
        return shapes

    def badge(self, badge: Badge, x: float, y: float) -> Icon:
        """One badge."""
        at = self._model.at(badge.urn)
        title = f"{badge.kind}: {badge.label}{f' ({at})' if at else ''}"
        return Icon(box=Box(x, y, BADGE, BADGE), key=self._icons.badge(badge), title=title)

    def _change(self, item: Item) -> list[Shape]:
        change = item.node.change
        if change is Change.SAME:
            return []
        x = item.x - 5 if item.form != "tile" else item.cx - ICON / 2 - 8
        title = f"{CHANGES[change].name}"
        return [
            Rect(box=Box(x, item.y - 5, 15, 15), style=f"card c-{change}", radius=7, title=title),
            Text(
                x=x + 7.5,
                y=item.y + 7,
                text=MARKS[change],
                size=12,
                style=f"c-{change}-t",
                anchor="middle",
                bold=True,
                role=Role.NOTE,
            ),
        ]


def _style(item: Item) -> str:
    """Dashed where nobody but the provider or scheduler knows the zone: the box then spans those that may be it."""
    chosen = item.node.placement is Placement.CHOSEN and len(item.columns) > 1
    return "card-open" if chosen or item.node.placement is Placement.MAY else "card"
