"""What is kept of a database: who reaches it, whether it is intact, and what a design without it leaves."""

import json
import subprocess
import time

import pytest

from archkit.backup import archiving
from archkit.backup.copying import copy_now
from archkit.backup.find import OFFSITE, SITE
from archkit.backup.verify import verify

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]


def wait_for(holds, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds:g} s"
        time.sleep(0.5)


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
    for hidden in (key, copied.root_secret, "PRIVATE KEY"):
        assert hidden not in state
        assert hidden not in settings


def test_a_backup_that_leaves_the_design_leaves_no_log_behind_and_one_that_comes_back_goes_on(copied) -> None:
    command, since = "SHOW archive_command", copied.now()
    assert copied.sql(command).startswith("pgbackrest-push")
    assert archiving.settle(copied.config, copied.name) == [], "one that is there is left alone"
    copied.with_backup = False
    try:
        copied.up()
        assert archiving.settle(copied.config, copied.name) == ["orders"]
        wait_for(lambda: copied.sql(command) == "/bin/true")
        copied.sql("SELECT pg_switch_wal()", "INSERT INTO markers VALUES (7001, 'without a backup')")
        waiting = "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"
        wait_for(lambda: copied.sql(waiting) == "0")
        assert archiving.settle(copied.config, copied.name) == [], "once is enough"
    finally:
        copied.with_backup = True
    copied.up()
    wait_for(lambda: copied.sql(command).startswith("pgbackrest-push"))
    copied.wait_for_copies(120, since=since)
    assert [verify(copied.repository, number).problems for number in (SITE, OFFSITE)] == [(), ()]
