"""PNG pictures have their words, or the command says why not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
import resvg_py
from topology.model import Model
from topology.views import bundle, png


@pytest.fixture
def without_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(png.resvg_py, "svg_to_bytes", partial(resvg_py.svg_to_bytes, skip_system_fonts=True))
    png.has_font.cache_clear()
    yield
    png.has_font.cache_clear()


@pytest.mark.usefixtures("without_fonts")
def test_a_machine_without_fonts_is_told_what_to_install(model: Model) -> None:
    built = bundle.build(model, "{}", formats=["png"], views=["context"])
    assert png.NO_FONT in built.messages, "pictures without a word would look finished"
    assert set(built.files) == {"context.png", "context-dark.png"}


@pytest.mark.usefixtures("without_fonts")
def test_fonts_matter_to_no_other_format(model: Model) -> None:
    assert png.NO_FONT not in bundle.build(model, "{}", formats=["svg"], views=["context"]).messages
