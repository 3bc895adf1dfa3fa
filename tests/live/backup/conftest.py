"""A database and its backup on Docker, deployed once for all tests of this package, which run in order."""

import os
import secrets
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from pulumi import automation

from archkit.backup import held
from archkit.backup.find import PSQL, one_repository, primary
from archkit.bench.from_memory import destroyed
from archkit.drills.deployed import Deployed
from archkit.drills.faults.host import Host
from archkit.engine import ensure_engine
from archkit.labels import STACK
from archkit.recorder import record
from archkit.stack import volumes
from archkit.stack.docker import client
from archkit.stack.operations import AT_ONCE
from components.backup import BackupArgs
from components.database import DatabaseArgs
from components.network import NetworkArgs
from components.objectives import Objectives
from components.settings import LocalSettings
from components.targets.local import LocalTarget


class Copied:
    """One deployed database with its backup."""

    config: ClassVar = {"archkit:target": "local"}
    root_secret: ClassVar = secrets.token_urlsafe(32)
    places: ClassVar = {"site", "offsite"}

    def __init__(self, name: str, root: Path, environment: dict[str, str]) -> None:
        self.name, self.root, self.environment = name, root, environment
        self.docker = client()
        self.with_backup, self.first = True, True
        engine = ensure_engine()
        options = automation.LocalWorkspaceOptions(
            work_dir=str(root), env_vars={**engine.environment(), **environment}, pulumi_command=engine.command()
        )
        self.stack = automation.create_or_select_stack(name, project_name="archkit", program=self.design, opts=options)
        for key, value in (("design", "web"), ("target", "local")):
            self.stack.set_config(f"archkit:{key}", automation.ConfigValue(value))
        self.stack.set_config("archkit:secret", automation.ConfigValue(self.root_secret, secret=True))

    def design(self) -> None:
        target = LocalTarget(LocalSettings(first=self.first))
        network = target.network("network", NetworkArgs())
        orders = target.database("orders", DatabaseArgs(replicas=1), network=network)
        if self.with_backup:
            target.backup("vault", BackupArgs(), network=network, databases=[orders])

    def up(self) -> None:
        self.stack.up(parallel=AT_ONCE)
        self.first = False

    @property
    def deployed(self) -> Deployed:
        """As a drill sees it."""
        return Deployed(
            stack=self.name,
            hosts=(Host(),),
            graph=record(self.design, stack=self.name),
            objectives=Objectives(recovery_point_seconds=0),
            addresses=(),
            root_secret=lambda: self.root_secret,
        )

    def archkit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command as somebody types it."""
        return subprocess.run(
            [".venv/bin/archkit", *arguments],
            cwd=self.root,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def repository(self):
        return one_repository(self.config, self.name, None)

    @property
    def primary(self):
        found = primary(self.config, self.name, "orders")
        assert found, "nobody takes writes"
        return found

    def sql(self, *statements: str) -> str:
        done = self.primary.run(*PSQL, *(part for one in statements for part in ("-c", one)), "app")
        assert done.code == 0, done.said
        return done.out.strip()

    def now(self) -> datetime:
        """As the primary's clock has it, to the microsecond."""
        return datetime.fromtimestamp(float(self.sql("SELECT extract(epoch FROM clock_timestamp())")), UTC)

    def container(self, part: str) -> str:
        (found,) = self.docker.containers.list(filters={"name": f"{self.name}-{part}."})
        return str(found.id)

    def wait_for_copies(self, seconds: float, *, since: datetime | None = None) -> list[held.Copy]:
        """Those that ended after a moment, once there is one at both places."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [one for one in held.copies(self.repository) if since is None or one.stopped > since]
            if {one.place for one in found} == self.places:
                return found
            time.sleep(0.5)
        pytest.fail(
            f"no copy at both places within {seconds:.0f} s: {self.repository.inside.run('pgbackrest', 'info')}"
        )

    def left_of_restoring(self) -> list[str]:
        mine = {"label": [f"{STACK}={self.name}", "archkit.role=restored"]}
        return [one.name for one in (*self.docker.services.list(filters=mine), *self.docker.volumes.list(filters=mine))]


@pytest.fixture(scope="package")
def copied(checkout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("backup")
    own = {"PULUMI_BACKEND_URL": folder.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "of no worth"}
    made = Copied(f"backuptest-{secrets.token_hex(3)}", checkout.root, own)
    try:
        made.up()
        yield made
    finally:
        destroyed(made.stack)
        checkout.stack_file(made.name).unlink(missing_ok=True)
        volumes.remove(made.docker, made.name)
