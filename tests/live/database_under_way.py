"""A PostgreSQL cluster on Docker, from its deployment to its end; the tests share one and run in this order."""

import json
import os
import secrets
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from pulumi import automation

from archkit.drills.faults.host import Host
from archkit.drills.faults.kill import Kill
from archkit.drills.load.postgres import Connection, PostgresWrites
from archkit.drills.load.process import Load
from archkit.drills.load.schedule import Schedule
from archkit.drills.load.worker import Job
from archkit.drills.victims import primary_among
from archkit.drills.victims.databases import PostgresProbe
from archkit.drills.victims.members import populate
from archkit.engine import ensure_engine
from archkit.stack import volumes
from archkit.stack.docker import client
from components.database import DatabaseArgs
from components.database.local import LocalDatabase
from components.network import NetworkArgs
from components.network.local import LocalNetwork
from components.secrets import Authority, Derived
from components.settings import LocalSettings

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
RATE = 100  # writes a second, by four writers
ROOT_SECRET = secrets.token_urlsafe(32)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="enters the pool's network namespace, which takes root")


def design() -> None:
    settings = LocalSettings()
    network = LocalNetwork("network", NetworkArgs(), settings=settings)
    LocalDatabase("orders", DatabaseArgs(), settings=settings, network=network)


class Cluster:
    """One deployed database, and where its clients stand: in the network namespace of the pool before the writer."""

    def __init__(self, name: str, stack: automation.Stack, folder: Path) -> None:
        self.name, self.stack, self.folder = name, stack, folder
        self.docker = client()
        self.secrets = Derived(root=ROOT_SECRET, stack=name, component="orders")
        (folder / "ca.pem").write_text(Authority(self.secrets).pem)
        for role in ("app", "owner"):
            (folder / role).write_text(self.secrets.password(role))

    def container(self, part: str) -> str:
        (found,) = self.docker.containers.list(filters={"name": f"{self.name}-orders-{part}."})
        return str(found.id)

    def members(self):
        return [one for one in populate(self.name, [Host()]).members if one.role == "member"]

    def primary(self):
        return primary_among(self.members(), [PostgresProbe()], "orders")

    def address(self, part: str) -> str:
        networks = self.docker.containers.get(self.container(part)).attrs["NetworkSettings"]["Networks"]
        return networks[f"{self.name}-orders"]["IPAddress"]

    def connection(self, part: str, user: str) -> Connection:
        return Connection(
            host=f"{self.name}-orders-{part}",
            address=self.address(part),
            user=user,
            password_file=str(self.folder / user),
            ca_file=str(self.folder / "ca.pem"),
        )

    def inside(self, container: str, *command: str) -> str:
        return subprocess.run(
            ["docker", "exec", container, *command], capture_output=True, text=True, check=True, timeout=60
        ).stdout

    def roles(self) -> dict[str, str]:
        """What each member is and does, as Patroni says."""
        said = self.inside(self.primary().container, "curl", "-sk", "https://localhost:8008/cluster")
        return {one["name"]: f"{one['role']} {one['state']}" for one in json.loads(said)["members"]}

    def wait_for_three(self, seconds: float) -> float:
        """Until one leads and two stream, of which one confirms commits; how long that took."""
        began = time.monotonic()
        found: object = None
        while time.monotonic() < began + seconds:
            try:
                found = self.roles()
                if sorted(found.values()) == [
                    "leader running",
                    "quorum_standby streaming",
                    "quorum_standby streaming",
                ]:
                    return time.monotonic() - began
            except Exception as error:
                found = error
            time.sleep(0.5)
        pytest.fail(f"not a leader and two streaming replicas within {seconds:.0f} s: {found}")

    def writes_while(self, event, *, seconds_after: float):
        """What four writers saw of an event."""
        folder = self.folder / secrets.token_hex(3)
        folder.mkdir()
        workload = PostgresWrites(
            writer=self.connection("writer", "app"),
            verify_at=self.connection("writer", "app"),
            owner=self.connection("proxy", "owner"),
        )
        job = Job(workload=workload, schedule=Schedule.constant(RATE), directory=str(folder))
        prefix = Host().network_prefix(self.container("writer"))
        with Load(job, name="INSERT", prefix=prefix, drain_seconds=90) as load:
            load.start()
            time.sleep(3)
            event()
            time.sleep(seconds_after)
            return load.stop()


def longest_gap(result) -> float:
    """The longest time between two acknowledged writes, in seconds."""
    ended = sorted(one.ended for one in result.records if one.answered)
    return max(after - before for before, after in pairwise(ended))


@pytest.fixture(scope="module")
def cluster(checkout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("database")
    name = f"dbtest-{secrets.token_hex(3)}"
    engine = ensure_engine()
    own = {"PULUMI_BACKEND_URL": folder.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "of no worth"}
    options = automation.LocalWorkspaceOptions(
        work_dir=str(checkout.root), env_vars={**engine.environment(), **own}, pulumi_command=engine.command()
    )
    stack = automation.create_or_select_stack(name, project_name="archkit", program=design, opts=options)
    try:
        for key, value in (("design", "web"), ("target", "local")):
            stack.set_config(f"archkit:{key}", automation.ConfigValue(value))
        stack.set_config("archkit:secret", automation.ConfigValue(ROOT_SECRET, secret=True))
        stack.up()
        yield Cluster(name, stack, folder)
    finally:
        stack.destroy()
        checkout.stack_file(name).unlink(missing_ok=True)
        volumes.remove(client(), name)


def test_one_leads_and_two_confirm(cluster) -> None:
    cluster.wait_for_three(30)


def test_nothing_changes_where_nothing_changed(cluster) -> None:
    assert set(cluster.stack.preview().change_summary) == {automation.OpType.SAME}


def test_no_secret_is_in_clear_text_in_the_state_or_in_a_container_s_settings(cluster) -> None:
    state = json.dumps(cluster.stack.export_stack().deployment)
    settings = json.dumps([one.attrs for one in cluster.docker.containers.list(filters={"name": cluster.name})])

    assert "orders-password" in state, "the state was not read, so that nothing would be found in it"
    for hidden in (cluster.secrets.password("app"), cluster.secrets.password("owner"), ROOT_SECRET, "PRIVATE KEY"):
        assert hidden not in state
        assert hidden not in settings


def test_who_is_not_linked_cannot_connect(cluster) -> None:
    image = cluster.docker.containers.get(cluster.container("proxy")).image.tags[0]
    ask = f"exec 3<>/dev/tcp/{cluster.address('writer')}/5432"

    def connects(network: str) -> bool:
        command = ["docker", "run", "--rm", f"--network={network}", image, "timeout", "3", "bash", "-c", ask]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    assert connects(f"{cluster.name}-orders"), "who has joined its network reaches it"
    assert not connects("bridge")


@needs_root
def test_a_wrong_password_a_foreign_authority_and_no_tls_are_refused(cluster) -> None:
    program = (
        "import psycopg, sys, json\n"
        "try:\n    psycopg.connect(**json.loads(sys.argv[1])).close()\n"
        "except psycopg.OperationalError as error:\n    sys.exit(str(error))\n"
    )
    prefix = Host().network_prefix(cluster.container("writer"))
    foreign = cluster.folder / "foreign.pem"
    foreign.write_text(Authority(Derived(root="x" * 40, stack=cluster.name, component="orders")).pem)
    right = cluster.connection("writer", "app").parameters()

    def refusal(**changes: object) -> str:
        command = [*prefix, ".venv/bin/python", "-c", program, json.dumps({**right, **changes})]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stderr

    assert refusal() == ""
    assert "password authentication failed" in refusal(password="guessed").replace("SASL", "password")
    assert "certificate verify failed" in refusal(sslrootcert=str(foreign))
    assert "SSL required" in refusal(sslmode="disable").replace("TLS", "SSL")


@needs_root
def test_the_primary_killed_loses_no_acknowledged_write_and_comes_back_as_a_replica(cluster, record_property) -> None:
    cluster.wait_for_three(30)
    before = cluster.primary()

    result = cluster.writes_while(
        lambda: Kill(container=before.container).prepared().inject(),
        seconds_after=35,
    )

    gap = longest_gap(result)
    record_property("gap_seconds", round(gap, 2))
    sys.stderr.write(f"primary killed: gap {gap:.2f} s, {result.consistency}\n")
    assert result.consistency is not None, result.verify_error
    assert result.consistency.acknowledged > 500, "too few writes would prove nothing"
    assert result.consistency.lost.count == 0, "a write that was acknowledged is kept"
    assert result.consistency.duplicates.count == 0
    assert gap <= 40, "without the controller, the lease of 20 s has to expire first"
    cluster.wait_for_three(60)
    assert cluster.primary().name != before.name
    assert before.name in {one.name for one in cluster.members()}, "the killed member is back, as a replica"


@needs_root
def test_a_planned_switchover_loses_nothing_and_is_short(cluster, record_property) -> None:
    cluster.wait_for_three(60)
    before = cluster.primary()
    part = before.name.removeprefix(f"{cluster.name}-orders-").split(".")[0]

    def switch() -> None:
        cluster.inside(
            before.container,
            *("patronictl", "-c", "/etc/patroni/patroni.yml", "switchover", "--force", "--leader", part),
        )

    result = cluster.writes_while(switch, seconds_after=8)

    gap = longest_gap(result)
    record_property("gap_seconds", round(gap, 2))
    sys.stderr.write(f"switchover: gap {gap:.2f} s, {result.consistency}\n")
    assert result.consistency is not None, result.verify_error
    assert result.consistency.lost.count == 0
    assert gap <= 10, "a hand-over waits for no lease"
    assert cluster.primary().name != before.name


def test_destroy_leaves_the_data_and_nothing_else(cluster) -> None:
    cluster.stack.destroy()

    kept = volumes.volumes(cluster.docker, cluster.name)
    assert kept == sorted(
        f"{cluster.name}-orders-{part}" for part in ("etcd-1", "etcd-2", "etcd-3", "member-1", "member-2", "member-3")
    )
    assert not cluster.docker.services.list(filters={"label": f"archkit.stack={cluster.name}"})
