"""The load balancer as HAProxy in a swarm."""

from collections.abc import Sequence

import pulumi
import pulumi_docker as docker

from components.access import on_same_target
from components.access.local import LocalAccess, LocalBackend, LocalPlacement, LocalReachable
from components.connect import Connectable, Endpoint, declared_links
from components.errors import refuse, unless, unsupported
from components.health import http_check
from components.images import ROOT, build
from components.load_balancer.contract import LoadBalancer, LoadBalancerArgs, Route, route_problems
from components.load_balancer.haproxy import (
    INTERNAL_PORT,
    LINKED_PORT,
    PORT,
    STOP_SECONDS,
    Backend,
    Configuration,
    path_problem,
    render_haproxy,
    rules,
)
from components.naming import Kind, docker_name, fixed
from components.network import Network
from components.settings import LocalSettings
from components.swarm import ASK_MILLISECONDS, USER, container_labels, duration, labels, log_driver, service_labels

ROLE = "load-balancer"
CONFIGURATION_FILE = "/etc/haproxy/haproxy.cfg"
MEMORY_MEGABYTES = 256  # 4000 connections with two buffers of 16 KiB each are 125 MiB
_IMAGE = ROOT / "components" / "load_balancer" / "image"


class LocalLoadBalancer(LoadBalancer, LocalReachable):
    """HAProxy 3.0: finds replicas by DNS, asks them whether they want requests, asks another where one fails.

    One replica, or one on each node where the swarm has three zones. Its statistics and metrics are on port 8404 of
    its own network: `/stats`, `/metrics`, `/healthz`.
    """

    def __init__(
        self,
        name: str,
        args: LoadBalancerArgs,
        *,
        settings: LocalSettings,
        network: Network,
        routes: Sequence[Route],
        watched_by: LocalReachable | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse(_problems(name, args, routes))
        super().__init__("archkit:local:LoadBalancer", name, None, opts)
        self.args = args
        self.settings = settings
        self._watchers = [watched_by] if watched_by else []
        self.services = {route.service.component_name: route.service for route in routes}
        self._backends = {one: self._backend(service) for one, service in self.services.items()}
        refuse(
            path_problem(f"service/{one}/health/ready_path", backend.ready_path)
            for one, backend in self._backends.items()
        )
        placement = on_same_target(
            LocalPlacement, network, wanted_by=f"load_balancer {name!r}", role="network", target="local"
        )
        self._own_network = placement.overlay(name, internal=False)
        self.image = build(self.part("image"), "haproxy", _IMAGE, settings, parent=self)
        self.configuration = self._configuration(routes)
        self.proxy = self._proxy(everywhere=bool(placement.zones))
        self.register_outputs(
            {
                "capability": "load_balancer",
                "url": self.url,
                "links": declared_links(self.services.values()),
                "objectives": args.objectives.document(),
            }
        )

    @property
    def url(self) -> pulumi.Output[str]:
        return (
            pulumi.Output.from_input(f"http://localhost:{self.settings.port}")
            if self.args.public
            else self.endpoint.url
        )

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(scheme="http", host=f"tasks.{docker_name(self.component_name)}", port=LINKED_PORT)

    @property
    def access(self) -> LocalAccess:
        return LocalAccess(network_id=self._own_network, port=LINKED_PORT)

    def _backend(self, service: Connectable) -> LocalBackend:
        return on_same_target(
            LocalBackend, service, wanted_by=f"load_balancer {self.component_name!r}", role="route", target="local"
        )

    def _configuration(self, routes: Sequence[Route]) -> docker.ServiceConfig:
        text = render_haproxy(
            Configuration(
                name=self.component_name,
                published_port=self.settings.port,
                idle_timeout_seconds=self.args.idle_timeout_seconds,
                response_timeout_milliseconds=self.settings.response_timeout_milliseconds,
                client_requests_per_second=self.settings.client_requests_per_second,
                requests_at_once_per_replica=min(
                    self.settings.requests_at_once_per_replica, self.settings.requests_in_flight_per_replica
                ),
                requests_in_flight_per_replica=self.settings.requests_in_flight_per_replica,
                routes=rules(routes),
                backends=[Backend.of(name, backend) for name, backend in self._backends.items()],
                protection=self.settings.protection,
            )
        )
        # No name of its own: a config cannot change, so that a new one must stand beside the old while it is in use.
        return docker.ServiceConfig(
            self.part("configuration"),
            data_raw=text,
            labels=[
                docker.ServiceConfigLabelArgs(label=key, value=value)
                for key, value in labels(self.component_name, "configuration").items()
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _proxy(self, *, everywhere: bool) -> docker.Service:
        return docker.Service(
            self.part("proxy"),
            name=docker_name(self.component_name),
            labels=service_labels(self.component_name, ROLE),
            mode=docker.ServiceModeArgs(global_=True)
            if everywhere
            else docker.ServiceModeArgs(replicated=docker.ServiceModeReplicatedArgs(replicas=1)),
            task_spec=self._task(),
            endpoint_spec=docker.ServiceEndpointSpecArgs(
                mode="dnsrr",
                ports=[
                    # The mode `ingress` needs IPVS, and hides the client's address.
                    docker.ServiceEndpointSpecPortArgs(
                        target_port=PORT, published_port=self.settings.port, publish_mode="host", protocol="tcp"
                    )
                ]
                if self.args.public
                else None,
            ),
            # Two cannot hold one port of one node: the old one stops first. `make bench` measures the gap.
            update_config=docker.ServiceUpdateConfigArgs(
                order="stop-first", failure_action="rollback", monitor=duration(5000)
            ),
            rollback_config=docker.ServiceRollbackConfigArgs(order="stop-first", monitor="0s"),
            # The provider takes the two together for an error: a global service is not waited for.
            converge_config=None
            if everywhere
            else docker.ServiceConvergeConfigArgs(delay=duration(ASK_MILLISECONDS), timeout=duration(120_000)),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _task(self) -> docker.ServiceTaskSpecArgs:
        joined = [*self._backends.values(), *self._watchers]  # who watches asks for statistics
        networks = [self._own_network, *(one.access.network_id for one in joined)]
        return docker.ServiceTaskSpecArgs(
            container_spec=self._container(),
            networks_advanceds=[docker.ServiceTaskSpecNetworksAdvancedArgs(id=one) for one in networks],
            resources=docker.ServiceTaskSpecResourcesArgs(
                limits=docker.ServiceTaskSpecResourcesLimitsArgs(memory_bytes=MEMORY_MEGABYTES * 1024 * 1024)
            ),
            restart_policy=docker.ServiceTaskSpecRestartPolicyArgs(
                condition="any" if self.settings.protection else "none", delay="0s", window="0s"
            ),
            log_driver=log_driver(),
        )

    def _container(self) -> docker.ServiceTaskSpecContainerSpecArgs:
        return docker.ServiceTaskSpecContainerSpecArgs(
            image=self.image.name,
            configs=[
                docker.ServiceTaskSpecContainerSpecConfigArgs(
                    config_id=self.configuration.id,
                    config_name=self.configuration.name,
                    file_name=CONFIGURATION_FILE,
                )
            ],
            healthcheck=http_check(INTERNAL_PORT, "/healthz", start_seconds=10),
            user=USER,
            read_only=True,
            cap_drops=["ALL"],
            init=True,
            stop_grace_period=duration((STOP_SECONDS + 2) * 1000),
            labels=container_labels(self.component_name, ROLE),
        )


def _problems(name: str, args: LoadBalancerArgs, routes: Sequence[Route]) -> list[str | None]:
    return [
        fixed(f"load_balancer/{name}", docker_name(name), Kind.DOCKER_SERVICE),
        unless(
            args.domain is None,
            unsupported(
                "local",
                "load_balancer",
                name,
                "domain",
                "no certificate authority signs for this machine; leave the domain to the aws stack",
            ),
        ),
        *route_problems(name, routes),
        *(path_problem(f"load_balancer/{name}/routes/{route.path}", route.path) for route in routes),
    ]
