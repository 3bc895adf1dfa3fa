"""A stack of Swarm services over three zones, as a plain Pulumi program."""

import pulumi_docker as docker

ZONES = ("a", "b", "c")


def program() -> None:
    """HAProxy, a web service, a three-member PostgreSQL pinned to zones, Valkey, Prometheus."""
    front = docker.Network("front", name="shop-front", driver="overlay")
    data = docker.Network("data", name="shop-data", driver="overlay", internal=True)
    password = docker.Secret("password", data="c2VjcmV0")
    configuration = docker.ServiceConfig(
        "proxy", data_raw="server-template web 20 tasks.shop-web:8080 resolvers docker"
    )

    def service(
        name: str,
        image: str,
        networks: list[docker.Network],
        *,
        env: dict[str, str] | None = None,
        replicas: int = 1,
        zone: str = "",
        port: int = 0,
        volume: docker.Volume | None = None,
        config: docker.ServiceConfig | None = None,
    ) -> None:
        docker.Service(
            name,
            name=f"shop-{name}",
            mode=docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=replicas)),
            endpoint_spec=docker.ServiceEndpointSpecArgs(
                mode="dnsrr",
                ports=[docker.ServiceEndpointSpecPortArgs(target_port=8443, published_port=port, publish_mode="host")]
                if port
                else None,
            ),
            task_spec=docker.ServiceTaskSpecArgs(
                networks_advanceds=[docker.ServiceTaskSpecNetworksAdvancedArgs(id=one.id) for one in networks],
                placement=docker.ServiceTaskSpecPlacementArgs(
                    constraints=[f"node.labels.archkit.zone == {zone}"] if zone else None,
                    prefs=None if zone else ["node.labels.archkit.zone"],
                ),
                container_spec=docker.ServiceTaskSpecContainerSpecArgs(
                    image=image,
                    env=env,
                    secrets=[
                        docker.ServiceTaskSpecContainerSpecSecretArgs(
                            secret_id=password.id, secret_name=password.name, file_name="/run/secrets/password"
                        )
                    ]
                    if "postgres" in image
                    else None,
                    configs=[
                        docker.ServiceTaskSpecContainerSpecConfigArgs(
                            config_id=config.id, config_name=config.name, file_name="/etc/haproxy.cfg"
                        )
                    ]
                    if config
                    else None,
                    mounts=[
                        docker.ServiceTaskSpecContainerSpecMountArgs(
                            type="volume", source=volume.name, target="/var/lib/postgresql"
                        )
                    ]
                    if volume
                    else None,
                ),
            ),
        )

    service("proxy", "haproxy:3.0", [front], port=443, config=configuration)
    service(
        "web",
        "example/shop:4",
        [front, data],
        replicas=3,
        env={"DATABASE_URL": "postgresql://shop-db-a:5432/shop", "CACHE_URL": "valkey://shop-cache:6379"},
    )
    for zone in ZONES:
        service(
            f"db-{zone}",
            "postgres:17",
            [data],
            zone=zone,
            volume=docker.Volume(f"db-{zone}", name=f"shop-db-{zone}"),
        )
    service("cache", "valkey/valkey:8", [data])
    service("metrics", "prom/prometheus:v2", [front, data])
    docker.Volume("forgotten", name="shop-forgotten")
