"""Replicas as EC2 instances in an Auto Scaling group, one container each."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.access import on_same_target
from components.access.aws import AwsAccess, AwsBackend, AwsPlacement, AwsPullable, AwsReachable
from components.aws.tags import tags
from components.connect import Connectable, Endpoint, declared_links, link_environment
from components.errors import InvalidArgsError, refuse
from components.image.contract import Image
from components.network.contract import Network
from components.service.aws import guard
from components.service.aws.group import scaling_group, scaling_policies
from components.service.aws.launch import Launch, launch_template
from components.service.aws.permissions import instance_profile
from components.service.aws.problems import log_group_name, no_address, problems
from components.service.aws.sizes import MACHINES
from components.service.aws.user_data import Instance, application_environment, render_user_data
from components.service.contract import Service, ServiceArgs
from components.settings import AwsSettings

CHECK_SECONDS = 10
STOP_SECONDS = 5  # beyond the drain, for the process to end by itself


class AwsService(Service, AwsBackend):
    """An Auto Scaling group over the zones of its network, in private subnets, with its own target group.

    Cost: the instances, their disks and detailed monitoring, by the hour; logs by the byte.
    """

    def __init__(
        self,
        name: str,
        args: ServiceArgs,
        *,
        settings: AwsSettings,
        network: Network,
        image: Image,
        links: Sequence[Connectable] = (),
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        refuse(problems(name, args, settings, links))
        super().__init__("archkit:aws:Service", name, None, opts)
        self._args = args
        self._settings = settings
        self._after = list(after)
        placement, pulled, accesses = self._surroundings(network, image, links)
        self.log_group = self._log_group()
        self.security_group = guard.security_group(self, placement.vpc_id)
        guard.let_in(self, self.security_group, list(zip(links, accesses, strict=True)))
        self.targets = self._targets(placement)
        self.profile = instance_profile(
            self, image=pulled, log_group=self.log_group, accesses=accesses, settings=settings
        )
        self.template = self._template(self._user_data(image, pulled, links, accesses))
        self.group = scaling_group(
            self,
            args,
            template=self.template,
            targets=self.targets,
            subnet_ids=placement.private_subnet_ids,
            after=self._after,
        )
        scaling_policies(self, args, self.group)
        self.register_outputs({"capability": "service", "links": declared_links(links), "group": self.group.name})

    @property
    def endpoint(self) -> Endpoint:
        """None: its instances come and go, and have no name of their own.

        Raises:
            InvalidArgsError: Always.

        """
        raise InvalidArgsError([no_address(self.component_name)])

    @property
    def access(self) -> AwsAccess:
        return AwsAccess(security_group_id=self.security_group.id, port=self._args.port)

    @property
    def target_group_arn(self) -> pulumi.Output[str]:
        return self.targets.arn

    @property
    def target_group_arn_suffix(self) -> pulumi.Output[str]:
        return self.targets.arn_suffix

    @property
    def scaling_group_name(self) -> pulumi.Output[str]:
        return self.group.name

    @property
    def requests_per_replica_per_minute(self) -> int | None:
        return self._args.scaling.requests_per_replica_per_minute

    @property
    def scale_in(self) -> bool:
        return self._args.scaling.scale_in

    def _surroundings(
        self, network: Network, image: Image, links: Sequence[Connectable]
    ) -> tuple[AwsPlacement, AwsPullable, list[AwsAccess]]:
        who = f"service {self.component_name!r}"
        return (
            on_same_target(AwsPlacement, network, wanted_by=who, role="network", target="aws"),
            on_same_target(AwsPullable, image, wanted_by=who, role="image", target="aws"),
            [on_same_target(AwsReachable, link, wanted_by=who, role="link", target="aws").access for link in links],
        )

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self.part("log"),
            name=log_group_name(self.component_name),
            retention_in_days=self._settings.log_retention_days,
            tags=tags(self, "log"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _targets(self, placement: AwsPlacement) -> aws.lb.TargetGroup:
        """Who fails its check here is not only left out but replaced, so the check is the one for life.

        The ready path would take a whole group down with its database. That a replica drains is known without it:
        the group takes an instance out of the target group first, and ends it when the delay is over.
        """
        return aws.lb.TargetGroup(
            self.part("targets"),
            port=self._args.port,
            protocol="HTTP",
            target_type="instance",
            vpc_id=placement.vpc_id,
            deregistration_delay=self._args.drain_seconds,
            # A slow replica gets less. Excludes slow start, which a share of open requests makes needless.
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                enabled=True,
                path=self._args.health.live_path,
                protocol="HTTP",
                port="traffic-port",
                matcher="200",
                interval=CHECK_SECONDS,
                timeout=CHECK_SECONDS // 2,
                healthy_threshold=2,
                unhealthy_threshold=3,
            ),
            tags=tags(self, "targets"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _template(self, user_data: pulumi.Output[str]) -> aws.ec2.LaunchTemplate:
        machine = MACHINES[self._settings.architecture][self._args.size]
        return launch_template(
            self,
            Launch(
                instance_type=machine.type,
                architecture=self._settings.architecture,
                profile=self.profile,
                security_group=self.security_group,
                user_data=user_data,
            ),
        )

    def _user_data(
        self, image: Image, pulled: AwsPullable, links: Sequence[Connectable], accesses: Sequence[AwsAccess]
    ) -> pulumi.Output[str]:
        machine = MACHINES[self._settings.architecture][self._args.size]
        variables = {**link_environment(links), **_secret_arns(links, accesses), **application_environment(self._args)}

        def rendered(known: dict[str, Any]) -> str:
            return render_user_data(
                Instance(
                    name=self.component_name,
                    image=known["image"],
                    registry=pulled.registry,
                    credential_helper=pulled.repository_arn is not None,
                    port=self._args.port,
                    memory_mebibytes=machine.container_mebibytes,
                    stop_seconds=self._args.drain_seconds + STOP_SECONDS,
                    region=self._settings.region,
                    log_group=known["log_group"],
                    variables=known["variables"],
                )
            )

        known = pulumi.Output.all(image=image.reference, log_group=self.log_group.name, variables=variables)
        return known.apply(rendered)


def _secret_arns(links: Sequence[Connectable], accesses: Sequence[AwsAccess]) -> dict[str, pulumi.Input[str]]:
    return {
        f"{link.component_name.upper().replace('-', '_')}_SECRET_ARN": access.secret_arn
        for link, access in zip(links, accesses, strict=True)
        if access.secret_arn is not None
    }
