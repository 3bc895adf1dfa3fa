"""A Docker daemon of the tests' own, in a network namespace of its own: started, made a swarm, given the base image."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from archkit.engine.progress import ConsoleProgress
from archkit.errors import UserError
from archkit.machine import base_image, daemon, docker, swarm

base = Path(sys.argv[1])
progress = ConsoleProgress()
said = {"before": docker.check().state, "address": swarm.advertise_address()}
arguments = [f"--data-root={base}/data", f"--exec-root={base}/exec", f"--pidfile={base}/pid"]
pid = daemon.start(base / "docker.sock", progress, arguments=[*arguments, "--iptables=false", "--bridge=none"])
try:
    said |= {"group": os.getpgid(pid) == pid, "after": docker.check().state, "no swarm": swarm.check().detail}
    swarm.fix(progress)
    said["swarm"] = swarm.check().detail
    with docker.client() as client:
        cluster = client.swarm.attrs["ID"]
    try:
        swarm.fix(progress)
    except UserError as error:
        said["again"] = str(error)
    with docker.client() as client:
        said["kept"] = client.swarm.attrs["ID"] == cluster
    said["no base"] = base_image.check().state
    if "image" in sys.argv:
        base_image.fix(progress)
        said["base"] = base_image.check().detail
finally:
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
print(json.dumps(said))
"""


def in_a_namespace_of_its_own(tmp_path: Path, *arguments: str) -> dict[str, str]:
    """Swarm's ports are those of the whole machine: another daemon may have them."""
    environment = os.environ | {"DOCKER_HOST": f"unix://{tmp_path}/docker.sock", "ARCHKIT_CACHE": f"{tmp_path}/cache"}
    command = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    ended = subprocess.run(
        [*command, sys.executable, "-c", PROGRAM, tmp_path, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


@pytest.mark.lab
def test_a_daemon_that_nobody_starts_is_started_and_made_a_swarm_once(tmp_path: Path):
    said = in_a_namespace_of_its_own(tmp_path)
    assert said["before"] == "missing"
    assert said["after"] in {"ok", "warning"}
    assert said["group"], "the daemon outlives the Ctrl-C of whoever started it"
    assert said["address"] == "127.0.0.1", "without a default route the swarm is one of loopback"
    assert said["no swarm"] == "the node is in no swarm"
    assert said["swarm"] == "manager 127.0.0.1, 1 node(s)"
    assert "again" in said, "a node that is in a swarm is left as it is"
    assert said["kept"]
    assert said["no base"] == "missing"


@pytest.mark.lab
def test_a_daemon_that_cannot_start_says_why_with_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from archkit.engine.progress import ConsoleProgress  # noqa: PLC0415
    from archkit.machine import daemon  # noqa: PLC0415
    from archkit.machine.errors import NoDockerError  # noqa: PLC0415

    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    monkeypatch.setenv("ARCHKIT_CACHE", f"{tmp_path}/cache")
    with pytest.raises(NoDockerError, match="ended at once") as refused:
        daemon.start(tmp_path / "docker.sock", ConsoleProgress(), arguments=["--no-such-option"])
    assert "no-such-option" in refused.value.reason
