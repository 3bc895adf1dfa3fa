"""A container gets the face of the server that it runs."""

import pytest
from topology.kinds import Kind
from topology.rules.docker.servers import UNKNOWN, server_of


@pytest.mark.parametrize(
    ("image", "name", "kind"),
    [
        ("haproxy:3.0", "HAProxy", Kind.LOAD_BALANCER),
        ("registry.example:5000/team/postgres:17@sha256:00", "PostgreSQL", Kind.DATABASE),
        ("valkey/valkey:8", "Valkey", Kind.CACHE),
        ("example/valkey-sentinel:1", "Sentinel", Kind.COORDINATION),
        ("prom/prometheus:v2", "Prometheus", Kind.METRICS),
        ("example/postgres-exporter:1", "exporter", Kind.METRICS),
        ("rabbitmq:4", "RabbitMQ", Kind.QUEUE),
        ("archkit/varnish:0a1b", "Varnish", Kind.CDN),
        ("nginx", "nginx", Kind.SERVICE),
    ],
)
def test_the_server_is_read_from_the_image(image: str, name: str, kind: Kind) -> None:
    server = server_of(image)
    assert (server.name, server.kind) == (name, kind)


def test_a_word_inside_another_is_no_server() -> None:
    assert server_of("example/mynginxlike:1") is UNKNOWN
    assert server_of("nginx.example/shop:1") is UNKNOWN, "a registry's name says nothing about its images"


def test_the_role_speaks_where_the_image_is_silent() -> None:
    assert server_of("sha256:00ff", ["load-balancer"]).name == "HAProxy"
    assert server_of("example/shop", ["replica"]) is UNKNOWN
