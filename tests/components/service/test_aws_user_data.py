"""What an instance is told at its first start, as its own parsers read it."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from components.service import ServiceArgs
from components.service.aws.user_data import (
    MAX_BYTES,
    Instance,
    application_environment,
    render_instance_script,
    render_unit,
    render_user_data,
)

GOLDEN = Path(__file__).parent / "golden" / "user-data.yaml"
INSTANCE = Instance(
    name="web",
    image=f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/web@sha256:{'a' * 64}",
    registry="123456789012.dkr.ecr.eu-central-1.amazonaws.com",
    credential_helper=True,
    port=8080,
    memory_mebibytes=1536,
    stop_seconds=15,
    region="eu-central-1",
    log_group="/archkit/web-aws/web",
    variables={**application_environment(ServiceArgs(environment={"MOTD": 'it\'s: "{50 %}" #1'})), "A": "  spaces "},
)


def files(text: str) -> dict[str, str]:
    """What cloud-init would write."""
    return {one["path"]: one["content"] for one in yaml.safe_load(text)["write_files"]}


def test_the_document_is_the_golden_one() -> None:
    assert render_user_data(INSTANCE) == GOLDEN.read_text()


def test_it_begins_as_cloud_init_wants_and_fits_into_what_ec2_takes() -> None:
    text = render_user_data(INSTANCE)

    assert text.startswith("#cloud-config\n"), "without this line it would be taken for a script"
    assert len(text.encode()) < MAX_BYTES - 8 * 1024, "an environment of the largest size that is accepted must fit"


def test_every_file_survives_the_way_through_yaml() -> None:
    written = files(render_user_data(INSTANCE))

    assert written["/etc/systemd/system/archkit-web.service"] == render_unit(INSTANCE)
    assert written["/usr/local/sbin/archkit-instance"] == render_instance_script(INSTANCE)
    assert written["/etc/archkit/web.env"].splitlines() == [
        "A=  spaces ",
        "ARCHKIT_GRACE_SECONDS=10",
        "ARCHKIT_UNREADY_SECONDS=0",
        'MOTD=it\'s: "{50 %}" #1',
        "PORT=8080",
    ]


def test_without_ecr_no_credentials_are_set_up() -> None:
    text = render_user_data(replace(INSTANCE, credential_helper=False))

    assert yaml.safe_load(text)["packages"] == ["docker"]
    assert "/root/.docker/config.json" not in files(text)


def test_secrets_of_the_environment_are_for_root_only() -> None:
    written = {one["path"]: one["permissions"] for one in yaml.safe_load(render_user_data(INSTANCE))["write_files"]}

    assert written["/etc/archkit/web.env"] == "0600"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze, systemd's own parser")
def test_systemd_reads_the_unit_as_it_is_meant(tmp_path: Path) -> None:
    unit = tmp_path / "archkit-web.service"
    # The programs that the unit starts are Amazon Linux's; here anything that can be run stands for them.
    text = (
        render_unit(INSTANCE)
        .replace("/usr/bin/docker", "/bin/true")
        .replace("/usr/local/sbin/archkit-instance", "/bin/true")
    )
    unit.write_text(text.replace("Requires=docker.service\n", ""))
    checked = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)

    about_unit = [line for line in checked.stderr.splitlines() if "archkit-web" in line]
    assert about_unit == [], "an unknown setting is ignored, and what it was to do is not done"


def test_the_script_is_one_that_bash_can_read(tmp_path: Path) -> None:
    script = tmp_path / "archkit-instance"
    script.write_text(render_instance_script(INSTANCE))

    assert subprocess.run(["bash", "-n", script], capture_output=True, check=False).stderr == b""


def test_the_script_asks_with_a_token_and_writes_zone_and_replica(tmp_path: Path) -> None:
    script, curl, log = tmp_path / "archkit-instance", tmp_path / "curl", tmp_path / "asked"
    script.write_text(render_instance_script(INSTANCE))
    curl.write_text(
        f"""#!/bin/bash
echo "$@" >>{log}
case "$*" in
  *--request\\ PUT*/latest/api/token) echo -n TOKEN ;;
  *X-aws-ec2-metadata-token:\\ TOKEN*/placement/availability-zone) echo -n eu-central-1b ;;
  *X-aws-ec2-metadata-token:\\ TOKEN*/instance-id) echo -n i-0abc ;;
  *) exit 22 ;;
esac
"""
    )
    curl.chmod(0o755)
    target = tmp_path / "run" / "instance.env"

    subprocess.run(["bash", script, target], check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})

    assert target.read_text() == "ARCHKIT_ZONE=eu-central-1b\nARCHKIT_REPLICA=i-0abc\n"
    assert len(log.read_text().splitlines()) == 3


@pytest.mark.parametrize("answers", ["", "*/latest/api/token"])
def test_a_metadata_service_that_does_not_answer_fails_the_start_instead_of_inventing_a_zone(
    answers: str, tmp_path: Path
) -> None:
    script, curl = tmp_path / "archkit-instance", tmp_path / "curl"
    script.write_text(render_instance_script(INSTANCE))
    curl.write_text(f"#!/bin/bash\n[[ -n '{answers}' && \"$*\" == {answers or 'x'} ]] || exit 7\n")
    curl.chmod(0o755)
    target = tmp_path / "instance.env"

    ended = subprocess.run(["bash", script, target], check=False, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})

    assert ended.returncode == 7
    assert not target.exists()
