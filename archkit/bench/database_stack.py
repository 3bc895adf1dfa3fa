"""A database alone, deployed by the real engine for a measurement, here or in three zones; nothing is left of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory

import pulumi
from pulumi import automation

from archkit.bench.deployment import PASSPHRASE
from archkit.bench.from_memory import destroyed
from archkit.drills.deployed import Deployed
from archkit.drills.faults.host import Host
from archkit.engine import ensure_engine
from archkit.lab import Lab
from archkit.recorder import record
from archkit.stack import volumes
from archkit.stack.docker import client
from archkit.stack.images import IMAGE
from archkit.stack.operations import AT_ONCE
from archkit.stack.project import Project
from components.database import DatabaseArgs
from components.database.local import LocalDatabase
from components.network import NetworkArgs
from components.network.local import LocalNetwork
from components.objectives import Objectives
from components.settings import LocalSettings

NAME = "orders"
Transformation = Callable[[pulumi.ResourceTransformationArgs], pulumi.ResourceTransformationResult | None]


@dataclass(kw_only=True)
class DatabaseStack:
    """One deployed database named `orders`.

    Args:
        name: The stack's.
        stack: The engine's.
        root_secret: Of which all its passwords and certificates are made.
        args: What is deployed now.
        settings: The target's.
        lab: Where it runs; None: on this machine's own daemon.
        transformation: Of its resources as they are declared: what no argument of a database says.

    """

    name: str
    stack: automation.Stack
    root_secret: str
    args: DatabaseArgs
    settings: LocalSettings
    lab: Lab | None = None
    transformation: Transformation | None = None

    def change(self, args: DatabaseArgs) -> None:
        """Deploys it with other arguments; returns once all of it runs."""
        self.args = args
        self.stack.workspace.program = self.declare
        self.stack.up(parallel=AT_ONCE)
        self.settings = replace(self.settings, first=False)

    def declare(self) -> None:
        """The design that is deployed."""
        network = LocalNetwork("network", NetworkArgs(), settings=self.settings)
        options = pulumi.ResourceOptions(transformations=[self.transformation] if self.transformation else None)
        LocalDatabase(NAME, self.args, settings=self.settings, network=network, opts=options)

    @property
    def deployed(self) -> Deployed:
        """As a drill sees it."""
        return Deployed(
            stack=self.name,
            hosts=hosts(self.lab),
            graph=record(self.declare, stack=self.name),
            objectives=Objectives(recovery_point_seconds=0),
            addresses=(),
            lab=self.lab,
            root_secret=lambda: self.root_secret,
        )


def image_tags(stack: DatabaseStack) -> list[str]:
    """The images that its servers run, as this machine's own daemon has them once it was deployed here."""
    return sorted({str(one.inputs["name"]) for one in record(stack.declare, stack=stack.name).of_type(IMAGE)})


def hosts(lab: Lab | None) -> tuple[Host, ...]:
    """Its daemons: this machine's, or one for each zone."""
    if lab is None:
        return (Host(),)
    return tuple(Host(name=zone.name, docker_host=zone.docker_host, zone=zone.name) for zone in lab.zones)


@contextmanager
def deployed_database(
    project: Project,
    args: DatabaseArgs | None = None,
    *,
    lab: Lab | None = None,
    transformation: Transformation | None = None,
    before: Callable[[str], None] = lambda _: None,
) -> Generator[DatabaseStack]:
    """Deploys it, and removes it with its data at the end, whatever happened.

    Args:
        project: The checkout that it is deployed from.
        args: What the design asks for.
        lab: Where: its zones must be on, and have the images (`archkit.lab.images`). None: on this machine's daemon.
        transformation: See `DatabaseStack`.
        before: Told the stack's name before anything of it is made.

    """
    settings = replace(LocalSettings(), zones=lab.zone_names if lab else (), prebuilt=lab is not None, first=True)
    name, root_secret = f"bench-db-{secrets.token_hex(3)}", secrets.token_urlsafe(32)
    engine = ensure_engine()
    with TemporaryDirectory(prefix="archkit-database-") as folder:
        own = {"PULUMI_BACKEND_URL": f"file://{folder}", "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
        options = automation.LocalWorkspaceOptions(
            work_dir=str(project.root), env_vars={**engine.environment(), **own}, pulumi_command=engine.command()
        )
        stack = automation.create_or_select_stack(name, project_name="archkit", program=lambda: None, opts=options)
        made = DatabaseStack(
            name=name,
            stack=stack,
            root_secret=root_secret,
            args=args or DatabaseArgs(),
            settings=settings,
            lab=lab,
            transformation=transformation,
        )
        try:
            for key, value in (("archkit:design", "web"), ("archkit:target", "local")):
                stack.set_config(key, automation.ConfigValue(value))
            if lab:
                stack.set_config("docker:host", automation.ConfigValue(lab.zones[0].docker_host))
            stack.set_config("archkit:secret", automation.ConfigValue(root_secret, secret=True))
            before(name)
            made.change(made.args)
            yield made
        finally:
            try:
                if lab is None:  # what is in zones goes with the lab
                    destroyed(stack)
                    volumes.remove(client(), name)
            finally:  # last: the engine writes it again when it removes the rest
                project.stack_file(name).unlink(missing_ok=True)
