"""Which server a container runs, from its image's name and the kit's labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from topology.kinds import Kind, Tier


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server as the picture names it. Args: `port` is the one that it listens on unless told otherwise."""

    name: str
    icon: str
    kind: Kind
    tier: Tier
    port: int | None = None


def _server(name: str, kind: Kind, tier: Tier, port: int | None = None, icon: str = "") -> Server:
    return Server(name=name, icon=f"docker/{icon or name.lower()}", kind=kind, tier=tier, port=port)


# The most telling word first: `valkey-sentinel` is a Sentinel, `postgres-exporter` an exporter.
_SERVERS: tuple[tuple[str, Server], ...] = (
    ("exporter", _server("exporter", Kind.METRICS, Tier.MANAGEMENT, 9100, "prometheus")),
    ("sentinel", _server("Sentinel", Kind.COORDINATION, Tier.DATA, 26379)),
    ("pgbouncer", _server("PgBouncer", Kind.PROXY, Tier.DATA, 6432)),
    ("pgbackrest", _server("pgBackRest", Kind.BACKUP_VAULT, Tier.STORAGE, 8432)),
    ("etcd", _server("etcd", Kind.COORDINATION, Tier.DATA, 2379)),
    ("zookeeper", _server("ZooKeeper", Kind.COORDINATION, Tier.DATA, 2181)),
    ("consul", _server("Consul", Kind.COORDINATION, Tier.MANAGEMENT, 8500)),
    ("patroni", _server("PostgreSQL", Kind.DATABASE, Tier.DATA, 5432)),
    ("spilo", _server("PostgreSQL", Kind.DATABASE, Tier.DATA, 5432)),
    ("postgres", _server("PostgreSQL", Kind.DATABASE, Tier.DATA, 5432)),
    ("postgresql", _server("PostgreSQL", Kind.DATABASE, Tier.DATA, 5432)),
    ("postgis", _server("PostgreSQL", Kind.DATABASE, Tier.DATA, 5432)),
    ("timescaledb", _server("PostgreSQL", Kind.DATABASE, Tier.DATA, 5432)),
    ("mysql", _server("MySQL", Kind.DATABASE, Tier.DATA, 3306)),
    ("mariadb", _server("MariaDB", Kind.DATABASE, Tier.DATA, 3306)),
    ("mongo", _server("MongoDB", Kind.DATABASE, Tier.DATA, 27017)),
    ("mongodb", _server("MongoDB", Kind.DATABASE, Tier.DATA, 27017)),
    ("cassandra", _server("Cassandra", Kind.DATABASE, Tier.DATA, 9042)),
    ("elasticsearch", _server("Elasticsearch", Kind.DATABASE, Tier.DATA, 9200)),
    ("opensearch", _server("OpenSearch", Kind.DATABASE, Tier.DATA, 9200)),
    ("clickhouse", _server("ClickHouse", Kind.DATABASE, Tier.DATA, 8123)),
    ("valkey", _server("Valkey", Kind.CACHE, Tier.DATA, 6379)),
    ("redis", _server("Redis", Kind.CACHE, Tier.DATA, 6379)),
    ("memcached", _server("Memcached", Kind.CACHE, Tier.DATA, 11211)),
    ("varnish", _server("Varnish", Kind.CDN, Tier.EDGE, 6081)),
    ("hitch", _server("hitch", Kind.CDN, Tier.EDGE, 443)),
    ("haproxy", _server("HAProxy", Kind.LOAD_BALANCER, Tier.PUBLIC, 80)),
    ("traefik", _server("Traefik", Kind.LOAD_BALANCER, Tier.PUBLIC, 80)),
    ("envoy", _server("Envoy", Kind.LOAD_BALANCER, Tier.PUBLIC, 8080)),
    ("caddy", _server("Caddy", Kind.SERVICE, Tier.PUBLIC, 80)),
    ("nginx", _server("nginx", Kind.SERVICE, Tier.PUBLIC, 80)),
    ("httpd", _server("Apache", Kind.SERVICE, Tier.PUBLIC, 80)),
    ("apache", _server("Apache", Kind.SERVICE, Tier.PUBLIC, 80)),
    ("rabbitmq", _server("RabbitMQ", Kind.QUEUE, Tier.DATA, 5672)),
    ("kafka", _server("Kafka", Kind.STREAM, Tier.DATA, 9092)),
    ("redpanda", _server("Redpanda", Kind.STREAM, Tier.DATA, 9092)),
    ("nats", _server("NATS", Kind.QUEUE, Tier.DATA, 4222)),
    ("mosquitto", _server("Mosquitto", Kind.QUEUE, Tier.DATA, 1883)),
    ("alertmanager", _server("Alertmanager", Kind.ALARM, Tier.MANAGEMENT, 9093, "prometheus")),
    ("prometheus", _server("Prometheus", Kind.METRICS, Tier.MANAGEMENT, 9090)),
    ("grafana", _server("Grafana", Kind.METRICS, Tier.MANAGEMENT, 3000)),
    ("loki", _server("Loki", Kind.LOGS, Tier.MANAGEMENT, 3100)),
    ("jaeger", _server("Jaeger", Kind.METRICS, Tier.MANAGEMENT, 16686)),
    ("vector", _server("Vector", Kind.LOGS, Tier.MANAGEMENT)),
    ("minio", _server("MinIO", Kind.BUCKET, Tier.STORAGE, 9000)),
    ("sftp", _server("SFTP server", Kind.BACKUP_VAULT, Tier.STORAGE, 22, "sftp")),
    ("registry", _server("Registry", Kind.REGISTRY, Tier.MANAGEMENT, 5000)),
    ("vault", _server("Vault", Kind.SECRET, Tier.MANAGEMENT, 8200)),
    ("keycloak", _server("Keycloak", Kind.IDENTITY, Tier.PRIVATE, 8080)),
    ("controller", _server("controller", Kind.CONTROLLER, Tier.MANAGEMENT)),
    ("migration", _server("schema migration", Kind.SERVICE, Tier.PRIVATE, icon="migration")),
)
_BY_WORD: dict[str, Server] = dict(_SERVERS)
# What the kit's roles and capabilities run, where an image's name says nothing (a digest, a hash).
_BY_ROLE: dict[str, str] = {
    "load-balancer": "haproxy",
    "load_balancer": "haproxy",
    "controller": "controller",
    "pooler": "pgbouncer",
    "sentinel": "sentinel",
    "etcd": "etcd",
    "edge": "varnish",
    "edge-location": "varnish",
    "shield": "varnish",
    "repository": "pgbackrest",
    "broker": "rabbitmq",
    "storage": "nginx",
    "offsite": "sftp",
}
# What runs a program whose image says nothing.
_RUNTIMES: dict[str, Server] = {
    word: _server(f"{name} application", Kind.SERVICE, Tier.PRIVATE, icon=icon)
    for word, name, icon in (
        ("python", "Python", "python"),
        ("python3", "Python", "python"),
        ("gunicorn", "Python", "python"),
        ("uvicorn", "Python", "python"),
        ("node", "Node.js", "node"),
        ("java", "Java", "java"),
        ("php", "PHP", "php"),
        ("ruby", "Ruby", "ruby"),
    )
}
_WORD = re.compile(r"[a-z0-9]+")
UNKNOWN = Server(name="container", icon="docker/container", kind=Kind.SERVICE, tier=Tier.PRIVATE)


def server_of(image: str, hints: Iterable[str] = ()) -> Server:
    """The server of an image such as `registry.example/team/valkey-sentinel:8.1@sha256:...`.

    Args:
        image: Reference of an image, or a logical name; tags and digests say nothing and are dropped.
        hints: Labels (role, server, component), asked in order where the image's own name is silent.

    """
    path = image.partition("@")[0]
    last = path.rpartition("/")[2].partition(":")[0].lower()
    for text in (last, *hints):
        words = set(_WORD.findall(text.lower()))
        for word, server in _SERVERS:
            if word in words:
                return server
        if text in _BY_ROLE and text is not last:
            return _BY_WORD[_BY_ROLE[text]]
    return UNKNOWN


def runtime_of(words: Iterable[str]) -> Server:
    """What runs an application, from the words of its command: `python3` of `bash -c ... python3 -m shop`."""
    return next((_RUNTIMES[name] for one in words if (name := one.rpartition("/")[2]) in _RUNTIMES), UNKNOWN)


def servers() -> tuple[Server, ...]:
    """Every server that is known, for the icons' own test."""
    return tuple(dict.fromkeys([*(server for _, server in _SERVERS), *_RUNTIMES.values()]))
