"""The application: its routes around its parts, and nothing of how it is run."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from appkit.lifecycle import Lifecycle, Phase
from appkit.observe import Metrics, Observe
from starlette.applications import Starlette
from starlette.types import ASGIApp

from catalogue.parts import Parts
from catalogue.routes import Routes
from catalogue.settings import Settings


def application(settings: Settings, lifecycle: Lifecycle) -> ASGIApp:
    """The application, ready to be served."""
    metrics = Metrics()
    parts = Parts(settings, metrics.registry)
    routes = Routes(parts, lifecycle, metrics).all()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        await parts.open()
        lifecycle.phase = Phase.READY
        yield
        await parts.close()

    return Observe(Starlette(routes=routes, lifespan=lifespan), settings, metrics, routes)
