"""What is told of each request: headers, one line of JSON, and metrics."""

from __future__ import annotations

import json
import re
import sys
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from appkit.settings import Settings

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")


def log(level: str, message: str, **fields: object) -> None:
    """One line of JSON on standard output."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "message": message}
    sys.stdout.write(json.dumps({**line, **fields}, separators=(",", ":")) + "\n")


class Metrics:
    """Requests by method, route and status; how long they took; how many are being answered."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests_total", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "http_request_duration_seconds",
            "Time until the answer was sent.",
            ("route",),
            buckets=BUCKETS_SECONDS,
            registry=self.registry,
        )
        self.in_flight = Gauge("http_requests_in_flight", "Requests being answered.", registry=self.registry)


class Observe:
    """Wraps the application: who answered, under which request id, how fast.

    Metrics name a request by its route's path (`/products/{id}`), not by its own.
    The request id is taken from `x-request-id` where it is harmless (a load balancer made it), and made otherwise.
    """

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics, routes: Sequence[Route]) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._routes = routes
        self._own = [
            (b"x-archkit-replica", settings.replica.encode("latin-1", "replace")),
            (b"x-archkit-zone", settings.zone.encode("latin-1", "replace")),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        began = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._own, (b"x-request-id", request_id)]
            await send(message)

        scope["state"] = {**scope.get("state", {}), "request_id": request_id.decode("ascii")}
        self._metrics.in_flight.inc()
        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            self._metrics.in_flight.dec()
            self._told(scope, request_id, status, time.perf_counter() - began)

    def _told(self, scope: Scope, request_id: bytes, status: int, seconds: float) -> None:
        path = scope["path"]
        # A path that nobody serves is one label, or a scanner would grow the metrics without end.
        route = next((route.path for route in self._routes if route.path_regex.match(path)), "other")
        self._metrics.requests.labels(scope["method"], route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        if path not in PROBES:
            log(
                "info" if status < 500 else "error",
                "request",
                request_id=request_id.decode("ascii"),
                method=scope["method"],
                path=path,
                status=status,
                milliseconds=round(seconds * 1000, 3),
                replica=self._settings.replica,
                zone=self._settings.zone,
            )


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return value
    return uuid.uuid4().hex.encode("ascii")
