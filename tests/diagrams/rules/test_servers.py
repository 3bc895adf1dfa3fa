"""A container gets the face of the server that it runs."""

from collections.abc import Callable

import pulumi_docker as docker
import pytest
from topology.derive import derive
from topology.icons import Icons
from topology.kinds import Kind, Tier
from topology.model import Model, Node
from topology.rules.docker.servers import UNKNOWN, runtime_of, server_of, servers

from archkit.graph import Graph
from archkit.recorder import record

KIT = ("controller", "Varnish", "PgBouncer", "pgBackRest", "Sentinel", "Valkey", "HAProxy", "etcd", "PostgreSQL")


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


def test_the_program_that_is_started_speaks_before_the_image(model_of: Callable[[str], Model]) -> None:
    found = {node.label: (node.service, node.kind, node.tier) for node in model_of("data_local").nodes}
    assert found["sessions-sentinel \u00d7 3"] == ("Sentinel", Kind.COORDINATION, Tier.DATA)
    assert found["orders-proxy"] == ("HAProxy", Kind.PROXY, Tier.DATA), "it stands before the members of a database"
    assert found["orders-writer"][0] == "PgBouncer"
    assert found["edge-proxy"][:2] == ("HAProxy", Kind.LOAD_BALANCER)


def test_an_application_gets_the_face_of_what_its_command_runs() -> None:
    assert runtime_of(["bash", "-c", "exec", "/usr/bin/python3", "-m", "shop"]).icon == "docker/python"
    assert runtime_of(["sleep", "infinity"]) is UNKNOWN


def test_what_one_service_of_an_image_shows_holds_for_the_others() -> None:
    def program() -> None:
        docker.Container("job", image="example/shop:1", command=["python3", "-m", "shop.job"])
        docker.Container("web", image="example/shop:1")
        docker.Container("other", image="example/other:1")

    found = {node.label: node.service for node in derive(record(program)).nodes}
    assert found == {"job": "Python application", "web": "Python application", "other": "container"}


def test_the_kits_roles_have_faces() -> None:
    assert server_of("archkit/offsite:1", ["", "offsite"]).name == "SFTP server"
    assert server_of("archkit/api:1", ["", "migration"]).name == "schema migration"


def test_every_server_of_the_table_has_an_icon_or_says_so() -> None:
    icons = Icons()
    for server in servers():
        icons.of(Node(id="one", kind=server.kind, label=server.name, service=server.name, icon=server.icon))
    assert not [one for one in icons.messages if any(f"'{name}'" in one for name in KIT)], icons.messages


def test_an_application_s_face_is_what_its_image_says_it_starts(record_stack: Callable[[str], Graph]) -> None:
    replica = next(node for node in derive(record_stack("web-local")).nodes if node.label == "web-replica")
    assert (replica.service, replica.icon) == ("Python application", "docker/python")
