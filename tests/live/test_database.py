"""A PostgreSQL cluster on Docker, from its deployment to its end; the tests share one and run in this order."""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pulumi import automation

from archkit.bench.from_memory import destroyed
from archkit.drills.deployed import Deployed
from archkit.drills.faults.host import Host
from archkit.drills.load.postgres import Connection
from archkit.drills.runner import Options, held, run_scenario
from archkit.drills.scenarios import scenarios
from archkit.drills.victims import primary_among
from archkit.drills.victims.databases import PostgresProbe
from archkit.drills.victims.members import populate
from archkit.engine import ensure_engine
from archkit.recorder import record
from archkit.stack import volumes
from archkit.stack.docker import client
from archkit.stack.operations import AT_ONCE
from components.database import DatabaseArgs
from components.database.local import LocalDatabase
from components.network import NetworkArgs
from components.network.local import LocalNetwork
from components.objectives import Objectives
from components.secrets import Authority, Derived
from components.settings import LocalSettings

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]
# Gaps are held to their promise by the bench, on a quiet machine; here others may run beside.
SLOW = 3
ROOT_SECRET = secrets.token_urlsafe(32)
first = [True]  # of a cluster of which nothing is there yet, all servers start at once
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="enters the pool's network namespace, which takes root")


def design() -> None:
    settings = LocalSettings(first=first[0])
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

    @property
    def deployed(self) -> Deployed:
        """As a drill sees it."""
        return Deployed(
            stack=self.name,
            hosts=(Host(),),
            graph=record(design, stack=self.name),
            objectives=Objectives(recovery_point_seconds=0),
            addresses=(),
            root_secret=lambda: ROOT_SECRET,
        )

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
        stack.up(parallel=AT_ONCE)
        first[0] = False
        yield Cluster(name, stack, folder)
    finally:
        destroyed(stack)
        checkout.stack_file(name).unlink(missing_ok=True)
        volumes.remove(client(), name)


def test_one_leads_and_two_confirm(cluster) -> None:
    cluster.wait_for_three(90)  # members are well before one leads: only then do they find each other by name


def test_nothing_changes_where_nothing_changed(cluster) -> None:
    assert set(cluster.stack.preview().change_summary) == {automation.OpType.SAME}


def test_no_secret_is_in_clear_text_in_the_state_or_in_a_container_s_settings(cluster) -> None:
    state = json.dumps(cluster.stack.export_stack().deployment)
    settings = json.dumps([one.attrs for one in cluster.docker.containers.list(filters={"name": cluster.name})])

    assert "orders-password" in state, "the state was not read, so that nothing would be found in it"
    for hidden in (cluster.secrets.password("app"), cluster.secrets.password("owner"), ROOT_SECRET, "PRIVATE KEY"):
        assert hidden not in state
        assert hidden not in settings


# A connection proves nothing: a machine may have a proxy that accepts any. PostgreSQL answers an SSLRequest with S.
ASK = r"""exec 3<>/dev/tcp/%s/5432; printf '\0\0\0\010\004\322\026\057' >&3; [ "$(head -c 1 <&3)" = S ]"""


def test_who_is_not_linked_cannot_connect(cluster) -> None:
    image = cluster.docker.containers.get(cluster.container("proxy")).image.tags[0]
    ask = ASK % cluster.address("writer")
    elsewhere = cluster.docker.networks.create(f"{cluster.name}-elsewhere", driver="overlay", attachable=True)

    def connects(network: str) -> bool:
        command = ["docker", "run", "--rm", f"--network={network}", image, "timeout", "5", "bash", "-c", ask]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    try:
        assert connects(f"{cluster.name}-orders"), "who has joined its network reaches it"
        assert not connects("bridge")
        assert not connects(elsewhere.name)
    finally:
        elsewhere.remove()


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
@pytest.mark.parametrize("name", ["primary-killed", "primary-frozen", "standbys-cut-then-primary-killed", "switchover"])
def test_a_failure_loses_no_acknowledged_write_and_ends_with_a_whole_cluster(cluster, name, tmp_path) -> None:
    with held(cluster.name, doing="a test"):
        report = run_scenario(scenarios()[name], cluster.deployed, Options(patience=SLOW), folder=tmp_path)

    (run,) = report.runs
    sys.stderr.write(f"{name}: gap {run.measures.gap.seconds:.2f} s, {run.measures.consistency}\n")
    assert run.expectations == ()
    assert run.measures.sent > 500, "too few writes would prove nothing"
    assert (run.measures.lost, run.measures.duplicates) == (0, 0)


def test_destroy_leaves_the_data_and_nothing_else(cluster) -> None:
    destroyed(cluster.stack)

    kept = volumes.volumes(cluster.docker, cluster.name)
    assert kept == sorted(
        f"{cluster.name}-orders-{part}" for part in ("etcd-1", "etcd-2", "etcd-3", "member-1", "member-2", "member-3")
    )
    assert not cluster.docker.services.list(filters={"label": f"archkit.stack={cluster.name}"})
