"""What a replica is made of, and how it is brought up and down."""

from __future__ import annotations

from typing import Any

from appkit.authorities import authority
from appkit.credentials import password
from appkit.links import Link
from prometheus_client import CollectorRegistry, Counter, Gauge
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import SSLConnection
from redis.credentials import CredentialProvider

from catalogue.caching import CachingLayer, ValkeyStore
from catalogue.caching.store import CLIENT_SECONDS
from catalogue.database import Endpoint
from catalogue.reads import Reads
from catalogue.settings import Settings
from catalogue.writes import Writes

CACHE_CONNECTIONS = 32


class Parts:
    """The caching layer over the cache, reads and writes over the database."""

    def __init__(self, settings: Settings, registry: CollectorRegistry) -> None:
        queries = Counter("catalogue_database_queries_total", "Transactions begun.", ("endpoint",), registry=registry)
        self.outcomes = Counter(
            "catalogue_cache_answers_total", "Where answers came from.", ("outcome",), registry=registry
        )
        link, limit = settings.database, settings.connections
        self._reader = Endpoint("reader", link.reader, link, limit=limit, queries=queries)
        self._writer = Endpoint("writer", link.primary, link, limit=limit, queries=queries)
        self._store = ValkeyStore(client(settings.cache))
        self.client_seconds, self.request_seconds = settings.client_seconds, settings.request_seconds
        self.layer = CachingLayer(self._store, settings.policy, protection=settings.protection)
        self.reads = Reads(self._reader, self._writer)
        self.writes = Writes(self._writer)
        closed = Gauge("catalogue_circuit_closed", "1 while calls go through.", ("part",), registry=registry)
        for breaker in (self._store.breaker, self._reader.breaker, self._writer.breaker):
            closed.labels(breaker.name).set_function(lambda breaker=breaker: float(breaker.closed))

    async def open(self) -> None:
        await self._reader.open()
        await self._writer.open()

    async def close(self) -> None:
        await self.layer.close()
        await self._reader.close()
        await self._writer.close()
        await self._store.close()


class _Provider(CredentialProvider):
    """Proves who it is anew at each connection."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def get_credentials_async(self) -> Any:
        secret = await password(self._link, self._link.primary, service="elasticache")
        return (self._link.user, secret) if secret is not None else ()


def client(link: Link) -> Redis:
    """A client of the cache's primary, with time-outs that a request can wait for."""
    secured: dict[str, Any] = (
        {
            "connection_class": SSLConnection,
            "ssl_ca_certs": authority(link.ca_file),
            "ssl_check_hostname": True,
            "ssl_cert_reqs": "required",
        }
        if link.ca_file
        else {}
    )
    pool = BlockingConnectionPool(
        host=link.primary.host,
        port=link.primary.port,
        max_connections=CACHE_CONNECTIONS,
        timeout=CLIENT_SECONDS,
        socket_timeout=CLIENT_SECONDS,
        socket_connect_timeout=CLIENT_SECONDS,
        credential_provider=_Provider(link) if link.source != "none" else None,
        **secured,
    )
    return Redis(connection_pool=pool)
