"""A database and its backup on Docker, from the first copy to the loss of the site; the tests share one, in order."""

import json
import os
import secrets
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pulumi import automation

from archkit.backup import archiving, held, moment, offsite
from archkit.backup.compare import content
from archkit.backup.copying import copy_now
from archkit.backup.find import OFFSITE, PSQL, SITE, one_repository, primary
from archkit.backup.replace import replace
from archkit.backup.restore import restore, service_name
from archkit.backup.runner import remove
from archkit.backup.verify import verify
from archkit.bench.from_memory import destroyed
from archkit.drills.deployed import Deployed
from archkit.drills.faults.host import Host
from archkit.drills.runner import Options, run_scenario
from archkit.drills.runner import held as alone
from archkit.drills.scenarios import scenarios
from archkit.drills.scenarios.backup.copied import archiving_stopped
from archkit.engine import ensure_engine
from archkit.errors import UserError
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

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]
ROOT_SECRET = secrets.token_urlsafe(32)
CONFIG = {"archkit:target": "local"}
RESTORED_SECONDS = 30
SLOW = 3  # others may run beside; the bench holds figures to their promise on a quiet machine
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="clients stand in a network of the stack, which takes root")
BOTH = {"site", "offsite"}
with_backup, first = [True], [True]


def design() -> None:
    target = LocalTarget(LocalSettings(first=first[0]))
    network = target.network("network", NetworkArgs())
    orders = target.database("orders", DatabaseArgs(replicas=1), network=network)
    if with_backup[0]:
        target.backup("vault", BackupArgs(), network=network, databases=[orders])


class Copied:
    """One deployed database with its backup."""

    def __init__(self, name: str, stack: automation.Stack, root: Path, environment: dict[str, str]) -> None:
        self.name, self.stack = name, stack
        self.root, self.environment = root, environment
        self.docker = client()

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
        return one_repository(CONFIG, self.name, None)

    @property
    def primary(self):
        found = primary(CONFIG, self.name, "orders")
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

    def wait_for_copies(self, seconds: float) -> list[held.Copy]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = held.copies(self.repository)
            if {one.place for one in found} == BOTH:
                return found
            time.sleep(1)
        pytest.fail(
            f"no copy at both places within {seconds:.0f} s: {self.repository.inside.run('pgbackrest', 'info')}"
        )

    def left_of_restoring(self) -> list[str]:
        mine = {"label": [f"{STACK}={self.name}", "archkit.role=restored"]}
        return [one.name for one in (*self.docker.services.list(filters=mine), *self.docker.volumes.list(filters=mine))]


def wait_for(holds, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds:g} s"
        time.sleep(0.5)


@pytest.fixture(scope="module")
def copied(checkout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("backup")
    name = f"backuptest-{secrets.token_hex(3)}"
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
        yield Copied(name, stack, checkout.root, own)
    finally:
        destroyed(stack)
        checkout.stack_file(name).unlink(missing_ok=True)
        volumes.remove(client(), name)


def test_the_first_copies_are_made_by_themselves_here_and_offsite(copied) -> None:
    assert {one.kind for one in copied.wait_for_copies(120)} == {"full"}


def test_a_point_in_time_is_restored_exact_to_the_transaction_and_takes_the_place_of_what_runs(
    copied, record_property
) -> None:
    copied.sql("CREATE TABLE markers (id int PRIMARY KEY, text text)")
    copied.sql("INSERT INTO markers SELECT i, md5(i::text) FROM generate_series(1, 5000) i")
    before = content(copied.primary)
    at = copied.now()
    copied.sql("INSERT INTO markers VALUES (5001, 'one transaction later')")
    copied.sql("UPDATE markers SET text = 'changed' WHERE id <= 10", "DELETE FROM markers WHERE id = 11")
    after = content(copied.primary)
    name = service_name(copied.repository, "trial")

    result = restore(CONFIG, copied.repository, at, name)
    try:
        record_property("restore_seconds", round(result.seconds, 1))
        assert content(result.inside) == before, "every row of then, and none of after"
        assert content(copied.primary) == after, "what runs is not touched"
        (table,) = result.tables
        assert (table.table, table.same) == ("public.markers", False)
        assert result.seconds <= RESTORED_SECONDS
        replace(result.inside, copied.primary)
    finally:
        remove(CONFIG, name, volume=True)

    assert content(copied.primary) == before
    assert copied.left_of_restoring() == []


@needs_root
def test_a_moment_under_four_writers_is_restored_exact_to_the_transaction(copied, tmp_path) -> None:
    with alone(copied.name, doing="a test"):
        report = run_scenario(scenarios()["restore-tested"], copied.deployed, Options(patience=SLOW), folder=tmp_path)

    (run,) = report.runs
    assert run.expectations == ()
    assert run.measures.sent > 500, "too few writes would prove nothing"
    assert run.measures.lost == 0
    assert copied.left_of_restoring() == []


@needs_root
def test_where_the_log_was_let_go_the_same_drill_misses(copied, tmp_path) -> None:
    with alone(copied.name, doing="a test"), archiving_stopped(copied.primary):
        report = run_scenario(scenarios()["restore-tested"], copied.deployed, Options(patience=SLOW), folder=tmp_path)

    (missed,) = report.runs[0].expectations
    assert "--to: must be a time that the copied log reaches, got a later one" in missed
    copied.archkit("backup", "now", copied.name, "--full")  # a new window begins: what comes next is complete


def test_what_cannot_be_reached_is_refused_and_leaves_nothing(copied) -> None:
    repository = copied.repository
    oldest = min(one.stopped for one in held.copies(repository))
    for at, said in (
        (oldest.replace(year=oldest.year - 1), "--to: must not be before the end of the oldest copy"),
        (oldest.replace(year=oldest.year + 1), "--to: must not be in the future"),
    ):
        with pytest.raises(UserError, match=said):
            restore(CONFIG, repository, at, service_name(repository, "trial"))
    with pytest.raises(UserError, match="--as: must be another name than the database's, got 'orders', which runs"):
        service_name(repository, "orders")
    with pytest.raises(UserError, match=r"restore: nothing of '.*' may run, got a stack that does"):
        offsite.restore(CONFIG, offsite.site(record(design, stack=copied.name), copied.name, None), None, ROOT_SECRET)
    assert copied.left_of_restoring() == []


def test_who_is_not_linked_cannot_connect_and_who_has_no_certificate_gets_nothing(copied) -> None:
    image = copied.docker.containers.get(copied.container("vault-orders")).image.tags[0]
    networks = copied.docker.containers.get(copied.container("vault-orders")).attrs["NetworkSettings"]["Networks"]
    address = networks[f"{copied.name}-orders-archive"]["IPAddress"]

    def ends(network: str, *command: str) -> subprocess.CompletedProcess[str]:
        run = ["docker", "run", "--rm", f"--network={network}", image, "timeout", "5", *command]
        return subprocess.run(run, capture_output=True, text=True, check=False)

    # Its certificate, not a connection: a machine's way out may answer on every address, with one of its own.
    greet = ("python3", "-c", f"import ssl; print(ssl.get_server_certificate(('{address}', 8432)))")
    shown = ends(f"{copied.name}-orders-archive", *greet).stdout
    assert "BEGIN CERTIFICATE" in shown, "its network reaches it"
    for stranger in ("bridge", f"{copied.name}-orders", f"{copied.name}-vault-offsite"):
        assert ends(stranger, *greet).stdout != shown, stranger
    asked = ("pgbackrest", "--stanza=orders", "--output=json", "info")
    assert '"label":"' in copied.repository.inside.run(*asked).out, "who has one is told of every copy"
    refused = ends(f"{copied.name}-orders-archive", *asked, f"--repo1-host={address}", "--repo1-host-type=tls")
    assert '"label":"' not in refused.stdout, "no certificate, no copies"


def test_a_corrupted_copy_and_a_missing_segment_are_found(copied) -> None:
    repository = copied.repository
    copy_now(repository, SITE, whole=False)
    assert [verify(repository, number).problems for number in (SITE, OFFSITE)] == [(), ()]
    inside = repository.inside
    largest = "find /var/lib/pgbackrest/backup -path '*bundle/*' -type f -printf '%s %p\\n' | sort -n | tail -1"
    file = inside.run("bash", "-c", largest).out.split()[1]
    inside.run("cp", file, "/tmp/kept")
    inside.run("bash", "-c", f"printf XXXXXXXX | dd of={file} bs=1 seek=2000 conv=notrunc")

    found = verify(repository, SITE)
    told = copied.archkit("backup", "verify", copied.name)

    assert told.returncode == 1, "who runs it by a timer must notice"
    assert "orders site: NOT INTACT" in told.stdout
    assert "orders offsite: intact" in told.stdout
    assert not found.intact
    assert any("invalid checksum" in one for one in found.problems), found.problems
    inside.run("cp", "/tmp/kept", file)
    segments = sorted(inside.run("find", "/var/lib/pgbackrest/archive", "-name", "*.zst").out.split())
    newest_but_one = sorted(segments, key=lambda one: one.rpartition("/")[2][8:24])[-2]
    inside.run("mv", newest_but_one, "/tmp/kept")
    assert any("missing segment" in one for one in verify(repository, SITE).problems)
    inside.run("mv", "/tmp/kept", newest_but_one)
    assert verify(repository, SITE).intact
    assert verify(repository, OFFSITE).intact, "the other place was never touched"


def test_no_secret_is_in_clear_text_in_the_state_or_in_a_container_s_settings(copied) -> None:
    key = copied.repository.inside.run("cat", "/run/secrets/keys.conf").out.split("repo1-cipher-pass=")[1].split()[0]
    state = json.dumps(copied.stack.export_stack().deployment)
    settings = json.dumps([one.attrs for one in copied.docker.containers.list(filters={"name": copied.name})])

    assert "vault-orders-keys" in state, "the state was not read, so that nothing would be found in it"
    for hidden in (key, ROOT_SECRET, "PRIVATE KEY"):
        assert hidden not in state
        assert hidden not in settings


def test_a_backup_that_leaves_the_design_leaves_no_log_behind_and_one_that_comes_back_goes_on(copied) -> None:
    command, since = "SHOW archive_command", copied.now()
    assert copied.sql(command).startswith("pgbackrest-push")
    assert archiving.settle(CONFIG, copied.name) == [], "one that is there is left alone"
    with_backup[0] = False
    try:
        copied.stack.up()
        assert archiving.settle(CONFIG, copied.name) == ["orders"]
        wait_for(lambda: copied.sql(command) == "/bin/true")
        copied.sql("SELECT pg_switch_wal()", "INSERT INTO markers VALUES (7001, 'without a backup')")
        waiting = "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"
        wait_for(lambda: copied.sql(waiting) == "0")
        assert archiving.settle(CONFIG, copied.name) == [], "once is enough"
    finally:
        with_backup[0] = True
    copied.stack.up()
    wait_for(lambda: copied.sql(command).startswith("pgbackrest-push"))
    wait_for(lambda: {one.place for one in held.copies(copied.repository) if one.stopped > since} == BOTH, 120)
    assert [verify(copied.repository, number).problems for number in (SITE, OFFSITE)] == [(), ()]


def test_after_the_loss_of_the_site_everything_comes_back_from_the_offsite_copy_alone(copied, record_property) -> None:
    before = content(copied.primary)
    copied.sql("SELECT pg_switch_wal()")  # what `archive_timeout` does a minute later at the latest
    written = copied.sql("SELECT pg_walfile_name(pg_current_wal_lsn() - 1)")
    until = time.monotonic() + 60
    while copied.sql("SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver")[:24] < written[:24]:
        assert time.monotonic() < until, "the log did not arrive"
        time.sleep(0.5)
    lost_at = copied.now()
    destroyed(copied.stack)
    lost = [one for one in volumes.volumes(copied.docker, copied.name) if not one.endswith("-offsite")]
    for name in lost:
        copied.docker.volumes.get(name).remove()
    wanted = offsite.site(record(design, stack=copied.name), copied.name, None)

    with pytest.raises(UserError, match="key: must be the one that the copies were encrypted with"):
        offsite.restore(CONFIG, wanted, None, "another root secret that opens nothing at all")
    assert volumes.volumes(copied.docker, copied.name) == [wanted.source], "a wrong key leaves nothing behind"

    began = time.monotonic()
    filled = offsite.restore(CONFIG, wanted, moment.parse("latest"), ROOT_SECRET)
    assert filled.tables == before
    copied.stack.up()
    assert content(copied.primary) == before
    record_property("site_lost_seconds", round(time.monotonic() - began))
    assert time.monotonic() - began <= 300, "five minutes is what is promised"
    newer = lambda: {one.place for one in held.copies(copied.repository) if one.stopped > lost_at} == BOTH  # noqa: E731
    wait_for(newer, 120)  # also offsite, where older ones are: the log after those begins in another database
