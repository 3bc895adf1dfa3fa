"""Sixty containers on one Docker host."""

import pulumi
import pulumi_docker as docker


def program() -> None:
    """Workers, servers and their data in four networks, all on one engine."""
    networks = {name: docker.Network(name, name=name) for name in ("front", "apps", "data", "watch")}
    password = docker.Volume("orders-db", name="orders-db")

    def run(name: str, image: str, *on: str, **more: object) -> docker.Container:
        return docker.Container(
            name,
            name=name,
            image=image,
            networks_advanced=[docker.ContainerNetworksAdvancedArgs(name=networks[one].name) for one in on],
            **more,  # pyright: ignore[reportArgumentType]
        )

    ports = [docker.ContainerPortArgs(internal=443, external=443)]
    run("proxy", "haproxy:3.0", "front", ports=ports, envs=[f"SERVERS=web-{n}:8080" for n in range(1, 9)])
    for number in range(1, 9):
        envs = ["DATABASE=postgresql://orders-db:5432/orders", "CACHE=cache:6379", "BROKER=amqp://broker:5672"]
        run(f"web-{number}", "example/shop:4.2", "front", "apps", "data", envs=envs)
    for kind, count in (("mailer", 6), ("invoicer", 6), ("indexer", 8), ("thumbnailer", 12)):
        for number in range(1, count + 1):
            run(f"{kind}-{number}", f"example/{kind}:1", "apps", "data", envs=["BROKER=amqp://broker:5672"])
    run("broker", "rabbitmq:4", "apps", "data")
    run(
        "orders-db",
        "postgres:17",
        "data",
        volumes=[docker.ContainerVolumeArgs(volume_name=password.name, container_path="/var/lib/postgresql/data")],
    )
    run("cache", "valkey/valkey:8", "data")
    run("search", "opensearchproject/opensearch:2", "data", "apps")
    run("metrics", "prom/prometheus:v2.53", "watch", "apps", "data", command=["--target", "orders-db:9187"])
    run("dashboards", "grafana/grafana:11", "watch", "front", envs=["SOURCE=http://metrics:9090"])
    run("alerts", "prom/alertmanager:v0.28", "watch")
    for number in range(1, 13):
        run(f"tool-{number}", f"example/tool-{number}:1", "watch")
    pulumi.export("address", "https://localhost")
