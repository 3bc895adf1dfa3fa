"""The application: its routes, and nothing of how it is run."""

from __future__ import annotations

import colorsys
import hashlib
import html
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from string import Template

from appkit.lifecycle import Lifecycle, Phase
from appkit.observe import Metrics, Observe
from appkit.settings import Settings
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from webapp import assets, work
from webapp.parts import Page

PAGE = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
NO_STORE = {"cache-control": "no-store"}  # an answer names its replica: a cached one would be a lie


class Routes:
    """What a replica answers."""

    def __init__(self, settings: Settings, lifecycle: Lifecycle, metrics: Metrics) -> None:
        self._settings = settings
        self._lifecycle = lifecycle
        self._metrics = metrics
        self._references = assets.references()

    def all(self) -> list[BaseRoute]:
        """Every route, each by its path."""
        return [
            Route("/", self.who),
            Route("/healthz", self.live),
            Route("/readyz", self.ready),
            Route("/work", self.work, methods=["GET", "POST"]),
            Route("/metrics", self.metrics),
            *Page(self._settings.replica, self._references).routes(),
            Mount(assets.PREFIX, assets.Files(directory=assets.FOLDER)),
        ]

    async def who(self, request: Request) -> Response:
        """Who answered: a page for people, JSON for programs."""
        facts = {
            "replica": self._settings.replica,
            "zone": self._settings.zone,
            "phase": str(self._lifecycle.phase),
            "request_id": request.state.request_id,
        }
        headers = {**NO_STORE, "vary": "accept"}
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse(facts, headers=headers)
        shown = {name: html.escape(value) for name, value in facts.items()}
        return HTMLResponse(
            PAGE.substitute(shown, style=self._references["style.css"], color=color_of(self._settings.replica)),
            headers=headers,
        )

    async def live(self, _: Request) -> Response:
        """Answers while the process works, whatever it depends on."""
        return PlainTextResponse("ok\n", headers=NO_STORE)

    async def ready(self, _: Request) -> Response:
        """503 while it starts or drains: a load balancer sends nobody here then."""
        ready = self._lifecycle.phase == Phase.READY
        return PlainTextResponse(f"{self._lifecycle.phase}\n", status_code=200 if ready else 503, headers=NO_STORE)

    async def work(self, request: Request) -> Response:
        """Does the work that the query orders."""
        amounts, problems = work.ordered(request.query_params)
        if problems:
            return JSONResponse({"problems": problems}, status_code=400, headers=NO_STORE)
        await work.do(amounts)
        return JSONResponse({"replica": self._settings.replica, **amounts}, headers=NO_STORE)

    async def metrics(self, _: Request) -> Response:
        """Metrics in Prometheus' text format."""
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)


def application(settings: Settings, lifecycle: Lifecycle) -> ASGIApp:
    """The application, ready to be served."""
    metrics = Metrics()
    routes = Routes(settings, lifecycle, metrics).all()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        lifecycle.phase = Phase.READY
        yield

    named = [route for route in routes if isinstance(route, Route)]
    return Observe(Starlette(routes=routes, lifespan=lifespan), settings, metrics, named)


def color_of(replica: str) -> str:
    """A colour of its own for each replica, so that a reload shows at a glance that another one answered."""
    hue = int.from_bytes(hashlib.sha256(replica.encode()).digest()[:2], "big") / 65535
    red, green, blue = colorsys.hls_to_rgb(hue, 0.45, 0.6)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
