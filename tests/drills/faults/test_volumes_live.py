"""Full and lost disks: only where the volume has a size of its own, only where agreed."""

import os
from typing import Any

import pytest

from archkit.drills.faults import FaultError, Fill, Host, Lose
from archkit.drills.faults.volumes import opened
from archkit.drills.injection import injected
from archkit.drills.journal import Journal

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(os.geteuid() != 0, reason="a container's files open from outside to root only"),
]

SIZED = {"driver": "local", "driver_opts": {"type": "tmpfs", "device": "tmpfs", "o": "size=8m"}}


def run(victims: Any, container: str, script: str) -> tuple[int, str]:
    done = victims.client.containers.get(container).exec_run(["python3", "-c", script])
    return done.exit_code, done.output.decode()


WRITE = "open('/data/more', 'wb').write(bytes(65536))"
FREE = "import os; s = os.statvfs('/data'); print(s.f_bavail * s.f_frsize)"
LIST = "import os; print(sorted(os.listdir('/data')))"


def test_a_full_volume_takes_nothing_more_until_it_is_healed(victims: Any, host: Host, journal: Journal) -> None:
    volume = victims.volume(**SIZED)
    container = victims.container(volumes={volume: {"bind": "/data", "mode": "rw"}})
    with injected(Fill(host=host, container=container, volume=volume), journal=journal):
        code, said = run(victims, container, WRITE)
        assert code == 1
        assert "No space left on device" in said
        run(victims, container, "import os; os.path.exists('/data/more') and os.unlink('/data/more')")
    assert run(victims, container, LIST)[1].strip() == "[]"
    assert run(victims, container, WRITE)[0] == 0


def test_what_should_stay_free_stays_free(victims: Any, host: Host, journal: Journal) -> None:
    volume = victims.volume(**SIZED)
    container = victims.container(volumes={volume: {"bind": "/data", "mode": "rw"}})
    with injected(Fill(host=host, container=container, volume=volume, leave_bytes=2**20), journal=journal):
        assert 2**20 <= int(run(victims, container, FREE)[1]) <= 2**20 + 8192


def test_a_volume_on_the_machines_disk_is_refused(victims: Any, host: Host) -> None:
    volume = victims.volume()
    container = victims.container(volumes={volume: {"bind": "/data", "mode": "rw"}})
    (problem,) = Fill(host=host, container=container, volume=volume).check()
    assert f"volume {volume}: must have a size of its own, but lies on the machine's disk" in problem


def test_a_full_volume_that_nobody_uses_any_more_is_cleared_too(victims: Any, host: Host, journal: Journal) -> None:
    # A tmpfs forgets when its last user ends, a file on a disk does not: so fill, swap the user, look again.
    volume = victims.volume(**SIZED)
    first = victims.container(volumes={volume: {"bind": "/data", "mode": "rw"}})
    second = victims.container(volumes={volume: {"bind": "/data", "mode": "rw"}})
    with injected(Fill(host=host, container=first, volume=volume), journal=journal):
        host.api.remove_container(first, force=True)
    assert run(victims, second, LIST)[1].strip() == "[]", "the file outlives the container that it was made through"


def test_a_link_in_a_container_leads_nobody_into_this_machines_files(victims: Any, host: Host) -> None:
    container = victims.container()
    run(victims, container, "import os; os.symlink('/', '/trap')")
    with pytest.raises(FaultError, match="/trap/root in container"), opened(host, container, "/trap/root"):
        pass


def test_a_lost_volume_is_empty_and_its_container_was_killed(victims: Any, host: Host, journal: Journal) -> None:
    volume = victims.volume()
    container = victims.container(volumes={volume: {"bind": "/data", "mode": "rw"}})
    assert run(victims, container, "import os; os.makedirs('/data/a/b'); open('/data/a/b/c', 'w').write('x')")[0] == 0
    with injected(Lose(host=host, container=container, volume=volume, force=True), journal=journal):
        assert (host.container(container) or {})["State"]["ExitCode"] == 137
    assert run(victims, container, LIST)[1].strip() == "[]", "it runs again, on nothing"


def test_losing_data_needs_consent(victims: Any, host: Host) -> None:
    volume = victims.volume()
    container = victims.container(volumes={volume: {"bind": "/data", "mode": "rw"}})
    (problem,) = Lose(host=host, container=container, volume=volume).check()
    assert "all of its data would be lost for good" in problem
