"""AWS credentials and region: found where the SDKs look for them, without asking AWS."""

from pathlib import Path

import pytest

from archkit.machine import State, aws

NOWHERE = Path("/nonexistent")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, "access key of the environment"),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}, "role of AWS_WEB_IDENTITY_TOKEN_FILE"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://x"}, "role of AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ],
)
def test_the_environment_comes_first(tmp_path: Path, environment: dict[str, str], said: str):
    finding = aws.check_credentials(environment | {"HOME": str(tmp_path)}, NOWHERE)
    assert (finding.state, finding.detail) == (State.OK, said)


@pytest.mark.parametrize(
    ("file", "text", "profile"),
    [
        ("credentials", "[default]\naws_access_key_id = a\naws_secret_access_key = b\n", None),
        ("credentials", "[work]\naws_access_key_id = a\n", "work"),
        ("config", "[profile work]\nsso_session = corp\n", "work"),
        ("config", "[default]\ncredential_process = /bin/x 100%\n", None),
    ],
)
def test_profiles_of_the_shared_files_count(tmp_path: Path, file: str, text: str, profile: str | None):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / file).write_text(text)
    environment = {"HOME": str(tmp_path)} | ({"AWS_PROFILE": profile} if profile else {})
    assert aws.check_credentials(environment, NOWHERE).state is State.OK
    other = environment | {"AWS_PROFILE": "other"}
    assert aws.check_credentials(other, NOWHERE).is_missing, "another profile's credentials are not this one's"


@pytest.mark.parametrize("text", ["", "no section\n", "[default]\nregion = eu-central-1\n", "[default\n"])
def test_files_without_credentials_and_broken_ones_give_one_clear_finding(tmp_path: Path, text: str):
    (tmp_path / "config").write_text(text)
    environment = {"HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / "config")}
    finding = aws.check_credentials(environment, NOWHERE)
    assert finding.is_missing
    assert "AWS_PROFILE" in finding.remedy


def test_an_ec2_instance_uses_its_role(tmp_path: Path):
    vendor = tmp_path / "sys_vendor"
    vendor.write_text("Amazon EC2\n")
    assert "EC2" in aws.check_credentials({"HOME": str(tmp_path)}, vendor).detail


@pytest.mark.parametrize(
    ("environment", "region"),
    [
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "us-east-1"}, "us-east-1"),
        ({}, "eu-north-1"),
    ],
)
def test_the_region_of_the_environment_beats_the_profiles(tmp_path: Path, environment: dict[str, str], region: str):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nregion = eu-north-1\n")
    assert aws.check_region(environment | {"HOME": str(tmp_path)}).detail == region


def test_without_a_region_the_remedy_names_the_variable(tmp_path: Path):
    finding = aws.check_region({"HOME": str(tmp_path)})
    assert finding.is_missing
    assert "AWS_REGION" in finding.remedy
