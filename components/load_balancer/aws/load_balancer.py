"""An Application Load Balancer in front of services."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.access import on_same_target
from components.access.aws import AwsBackend, AwsOrigin, AwsOriginAddress, AwsPlacement
from components.aws.tags import tags
from components.aws.web_acl import name_problem
from components.connect import Endpoint
from components.errors import refuse, unless
from components.load_balancer.aws import alarms, certificate, firewall, guard, listeners, logs
from components.load_balancer.aws.priorities import path_problems
from components.load_balancer.contract import LoadBalancer, LoadBalancerArgs, Route, route_problems
from components.naming import Kind, auto_named, component_name
from components.network.contract import Network
from components.profile import Profile
from components.settings import AwsSettings

MIN_ZONES = 2  # Elastic Load Balancing, CreateLoadBalancer: subnets from at least two zones


class AwsLoadBalancer(LoadBalancer, AwsOrigin):
    """An Application Load Balancer in the public subnets, with a firewall, logs and alarms.

    Where it is not public it stands in the private subnets, and the firewall is that of the CDN in front.

    Cost: by the hour and by load (LCU), for each public address, for the web ACL and each of its rules, by the request.
    """

    def __init__(
        self,
        name: str,
        args: LoadBalancerArgs,
        *,
        settings: AwsSettings,
        network: Network,
        routes: Sequence[Route],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse(_problems(name, args, settings, routes))
        super().__init__("archkit:aws:LoadBalancer", name, None, opts)
        self._args = args
        placement, backends = self._surroundings(network, routes)
        self.security_group = guard.security_group(self, placement.vpc_id, _open_ports(args))
        guard.let_through(self, self.security_group, backends)
        self.logs = logs.logs(self, settings)
        self.load_balancer = self._load_balancer(placement, settings)
        self.firewall = firewall.firewall(self, self.load_balancer, settings) if args.public else None
        self.listener = self._listener(next(backends[r.service.component_name] for r in routes if r.path == "/*"))
        self.rules = listeners.rules(self, self.listener, [(r, backends[r.service.component_name]) for r in routes])
        self._requests_per_target(backends)
        alarms.alarms(self, self.load_balancer, backends, settings)
        self.register_outputs(
            {
                "capability": "load_balancer",
                "objectives": args.objectives.document(),
                "links": [
                    {"to": r.service.urn, "port": backends[r.service.component_name].access.port} for r in routes
                ],
                "url": self.url,
            }
        )

    @property
    def endpoint(self) -> Endpoint:
        domain = self._args.domain
        if domain is None:
            return Endpoint(scheme="http", host=self.load_balancer.dns_name, port=80)
        return Endpoint(scheme="https", host=domain.name, port=443)

    @property
    def url(self) -> pulumi.Output[str]:
        return pulumi.Output.concat(self.endpoint.scheme, "://", self.endpoint.host)

    @property
    def origin(self) -> AwsOriginAddress:
        private = not self._args.public
        return AwsOriginAddress(
            domain_name=self.endpoint.host,
            https=self.endpoint.scheme == "https",
            private_load_balancer_arn=self.load_balancer.arn if private else None,
            security_group_id=self.security_group.id if private else None,
        )

    def _surroundings(self, network: Network, routes: Sequence[Route]) -> tuple[AwsPlacement, Mapping[str, AwsBackend]]:
        who = f"load_balancer {self.component_name!r}"
        placement = on_same_target(AwsPlacement, network, wanted_by=who, role="network", target="aws")
        refuse(
            [
                unless(
                    len(placement.public_subnet_ids) >= MIN_ZONES,
                    f"network/{network.component_name}/zones: must be at least {MIN_ZONES} on aws, "
                    f"got {len(placement.public_subnet_ids)}; a load balancer stands in two zones or more",
                )
            ]
        )
        services = {route.service.component_name: route.service for route in routes}
        return placement, {
            name: on_same_target(AwsBackend, service, wanted_by=who, role="route", target="aws")
            for name, service in services.items()
        }

    def _load_balancer(self, placement: AwsPlacement, settings: AwsSettings) -> aws.lb.LoadBalancer:
        bucket = self.logs.bucket.id
        return aws.lb.LoadBalancer(
            self.part("balancer"),
            load_balancer_type="application",
            internal=not self._args.public,
            ip_address_type="ipv4",
            subnets=placement.public_subnet_ids if self._args.public else placement.private_subnet_ids,
            security_groups=[self.security_group.id],
            idle_timeout=self._args.idle_timeout_seconds,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",  # `strictest` refuses harmless requests of old clients too
            enable_http2=True,
            enable_waf_fail_open=False,
            enable_zonal_shift=True,  # lets Route 53 ARC take a sick zone out, by hand or by itself
            enable_deletion_protection=settings.profile is Profile.PROD,
            access_logs=aws.lb.LoadBalancerAccessLogsArgs(bucket=bucket, prefix=logs.REQUESTS, enabled=True),
            connection_logs=aws.lb.LoadBalancerConnectionLogsArgs(bucket=bucket, prefix=logs.CONNECTIONS, enabled=True),
            tags=tags(self, "load-balancer"),
            # A test object is written when logs are turned on; without the policy that is refused.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.logs.policy]),
        )

    def _listener(self, default: AwsBackend) -> aws.lb.Listener:
        domain = self._args.domain
        if domain is None:
            return listeners.http(self, self.load_balancer, default)
        certified = certificate.certificate(self, domain)
        certificate.address(self, domain, certified.zone_id, self.load_balancer)
        listeners.redirect(self, self.load_balancer)
        return listeners.https(self, self.load_balancer, certified.certificate_arn, default)

    def _requests_per_target(self, backends: Mapping[str, AwsBackend]) -> None:
        """Holds each service's requests per replica: the metric is the load balancer's, so the policy is too."""
        for name, backend in backends.items():
            if backend.requests_per_replica_per_minute is None:
                continue
            label = pulumi.Output.concat(self.load_balancer.arn_suffix, "/", backend.target_group_arn_suffix)
            aws.autoscaling.Policy(
                self.part(f"{name}-requests"),
                autoscaling_group_name=backend.scaling_group_name,
                policy_type="TargetTrackingScaling",
                target_tracking_configuration=aws.autoscaling.PolicyTargetTrackingConfigurationArgs(
                    predefined_metric_specification=aws.autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs(
                        predefined_metric_type="ALBRequestCountPerTarget", resource_label=label
                    ),
                    target_value=float(backend.requests_per_replica_per_minute),
                    disable_scale_in=not backend.scale_in,
                ),
                # Refused until a listener forwards to the target group: only then is it the load balancer's.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[self.listener, *self.rules]),
            )


def _open_ports(args: LoadBalancerArgs) -> list[int]:
    """What the world may connect to."""
    if not args.public:
        return []
    return [80, 443] if args.domain else [80]


def _problems(name: str, args: LoadBalancerArgs, settings: AwsSettings, routes: Sequence[Route]) -> list[str | None]:
    path = f"load_balancer/{name}"
    return [
        component_name(path, name),
        auto_named(path, f"{name}-balancer", Kind.LOAD_BALANCER),
        auto_named(path, f"{name}-{logs.ROLE}", Kind.BUCKET),
        auto_named(path, f"{name}-{guard.GROUP}", Kind.SECURITY_GROUP),
        auto_named(path, f"{name}-firewall", Kind.WEB_ACL),
        name_problem(path, name),
        *route_problems(name, routes),
        *path_problems(name, [route.path for route in routes]),
        unless(
            settings.profile is not Profile.PROD or args.domain or not args.public,
            f"{path}/domain: must be given in the prod profile, got nothing; without a name of its own there is no "
            "certificate, and everything would travel in the clear",
        ),
    ]
