"""What a replica answers, route by route."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from appkit.bulkhead import OverloadedError
from appkit.deadline import within
from appkit.lifecycle import Lifecycle, Phase
from appkit.observe import Metrics
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from catalogue import requests
from catalogue.answers import NO_STORE, cached, problem, unavailable
from catalogue.caching import Key, Load
from catalogue.openapi import document
from catalogue.parts import Parts
from catalogue.requests import RefusedError
from catalogue.unavailable import UnavailableError
from catalogue.writes import BusyError, ReusedKeyError, Written

Handler = Callable[[Request], Awaitable[Response]]
LISTS = "lists"  # the tag of whatever holds several products: any write changes it


class Routes:
    """The catalogue over HTTP."""

    def __init__(self, parts: Parts, lifecycle: Lifecycle, metrics: Metrics) -> None:
        self._parts, self._lifecycle, self._metrics = parts, lifecycle, metrics
        self._openapi = json.dumps(document())

    def all(self) -> list[Route]:
        """Every route, each by its path and method."""
        return [
            Route("/products", self._told(self.page), methods=["GET"]),
            Route("/products", self._told(self.create), methods=["POST"]),
            Route("/products/{id}", self._told(self.product), methods=["GET"]),
            Route("/products/{id}", self._told(self.change), methods=["PATCH"]),
            Route("/products/{id}", self._told(self.remove), methods=["DELETE"]),
            Route("/search", self._told(self.search), methods=["GET"]),
            Route("/openapi.json", self.openapi),
            Route("/healthz", self.live),
            Route("/readyz", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def product(self, request: Request) -> Response:
        number = requests.number(request)
        return await self._read(request, _product(number), lambda fresh: self._parts.reads.product(number, fresh=fresh))

    async def page(self, request: Request) -> Response:
        asked = requests.page(request.query_params)
        return await self._read(
            request,
            Key(name=f"page:{json.dumps([asked.category, asked.before, asked.limit])}", tag=LISTS, soft=True),
            lambda fresh: self._parts.reads.page(asked.category, asked.before, asked.limit, fresh=fresh),
        )

    async def search(self, request: Request) -> Response:
        asked = requests.search(request.query_params)
        return await self._read(
            request,
            Key(name=f"search:{json.dumps([asked.words, asked.after, asked.limit])}", tag=LISTS, soft=True),
            lambda fresh: self._parts.reads.search(asked.words, asked.after, asked.limit, fresh=fresh),
        )

    async def create(self, request: Request) -> Response:
        key = requests.idempotency_key(request)
        product = await requests.content(request, needed=("sku", "name", "category", "price_cents"))
        return await self._written(await self._parts.writes.create(key, product))

    async def change(self, request: Request) -> Response:
        key, number = requests.idempotency_key(request), requests.number(request)
        changes = await requests.content(request, needed=())
        return await self._written(await self._parts.writes.change(key, number, changes))

    async def remove(self, request: Request) -> Response:
        key, number = requests.idempotency_key(request), requests.number(request)
        return await self._written(await self._parts.writes.remove(key, number))

    async def openapi(self, _: Request) -> Response:
        """What all this is, for programs."""
        return Response(self._openapi, media_type="application/json", headers={"cache-control": "max-age=300"})

    async def live(self, _: Request) -> Response:
        """Answers while the process works, whatever it depends on."""
        return PlainTextResponse("ok\n", headers=NO_STORE)

    async def ready(self, _: Request) -> Response:
        """503 while it starts or drains. Whatever its database does: the others have no other one."""
        ready = self._lifecycle.phase == Phase.READY
        return PlainTextResponse(f"{self._lifecycle.phase}\n", status_code=200 if ready else 503, headers=NO_STORE)

    async def metrics(self, _: Request) -> Response:
        """Metrics in Prometheus' text format."""
        return Response(generate_latest(self._metrics.registry), media_type=CONTENT_TYPE_LATEST)

    async def _read(self, request: Request, key: Key, load: Load) -> Response:
        answer = await self._parts.layer.get(key, load)
        self._parts.outcomes.labels(str(answer.outcome)).inc()
        return cached(request, answer, client_seconds=self._parts.client_seconds)

    async def _written(self, written: Written) -> Response:
        if written.product_id is not None:
            # Again for a repeated one: whoever answered first may have died before it told the cache.
            lists = Key(name="lists", tag=LISTS, soft=True)
            await self._parts.layer.invalidate([_product(written.product_id), lists])
        headers = {**NO_STORE, **({"idempotency-replayed": "true"} if written.repeated else {})}
        if written.status == 404:
            return problem(404, "there is no such product", headers=headers)
        if written.status == 409:
            return problem(409, "there is a product with that sku", headers=headers)
        if written.status == 201:
            headers["location"] = f"/products/{written.product_id}"
        return Response(written.body or None, written.status, headers, media_type="application/json")

    def _told(self, handler: Handler) -> Handler:
        """The handler, within the time that a request has, and with what may go wrong told as HTTP does."""

        async def told(request: Request) -> Response:
            try:
                with within(self._parts.request_seconds):
                    return await handler(request)
            except RefusedError as error:
                answer = problem(error.status, "the request makes no sense", problems=error.problems)
            except ReusedKeyError:
                answer = problem(422, "that idempotency key was used for another request")
            except BusyError:
                title = "a request with that key, or of that product, is still under way"
                answer = problem(409, title, headers={"retry-after": "1"})
            except OverloadedError:
                more = {} if request.method == "GET" else {"outcome": "not written"}
                answer = unavailable("too many requests at once", **more)
            except UnavailableError as error:
                answer = _unavailable(request, error)
            return answer

        return told


def _product(number: int) -> Key:
    return Key(name=f"product:{number}", tag=f"product:{number}")


def _unavailable(request: Request, error: UnavailableError) -> Response:
    if request.method == "GET":
        return unavailable("the catalogue cannot be read at the moment")
    outcome = "unknown" if error.outcome_unknown else "not written"
    return unavailable("nothing can be written at the moment; send it again with the same key", outcome=outcome)
