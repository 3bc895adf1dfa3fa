"""AWS credentials and region, as far as they can be seen without asking AWS: the check stays cheap and offline."""

import os
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from pathlib import Path

from archkit.machine.findings import Finding, missing, ok

# The order of the AWS SDKs' own credential chain.
_ROLE_VARIABLES = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_PROFILE_KEYS = ("aws_access_key_id", "role_arn", "sso_session", "sso_start_url", "credential_process", "login_session")
_HYPERVISOR_VENDOR = Path("/sys/class/dmi/id/sys_vendor")


def check_credentials(environment: Mapping[str, str] = os.environ, vendor: Path = _HYPERVISOR_VENDOR) -> Finding:
    """Credentials stand in the environment or in the shared files, or the machine is an EC2 instance."""
    name = "aws credentials"
    if environment.get("AWS_ACCESS_KEY_ID") and environment.get("AWS_SECRET_ACCESS_KEY"):
        return ok(name, "access key of the environment")
    role = next((variable for variable in _ROLE_VARIABLES if environment.get(variable)), None)
    if role:
        return ok(name, f"role of {role}")
    profile = environment.get("AWS_PROFILE") or "default"
    settings = _profile(environment, profile)
    if any(settings.get(key) for key in _PROFILE_KEYS):
        return ok(name, f"profile {profile} of the shared files; not verified with AWS")
    if "AWS_PROFILE" not in environment and vendor.is_file() and "Amazon EC2" in vendor.read_text():
        return ok(name, "an EC2 instance: its role is used; not verified with AWS")
    return missing(
        name, f"none in the environment, none in profile {profile}", "run `aws configure sso`, or set AWS_PROFILE"
    )


def check_region(environment: Mapping[str, str] = os.environ) -> Finding:
    """A region stands in the environment or in the profile; a stack's `aws:region` beats both."""
    given = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    profile = environment.get("AWS_PROFILE") or "default"
    region = given or _profile(environment, profile).get("region")
    if region:
        return ok("aws region", region)
    return missing("aws region", "none chosen", "set AWS_REGION, or `region` in the profile")


def _profile(environment: Mapping[str, str], profile: str) -> dict[str, str]:
    home = Path(environment.get("HOME") or Path.home())
    credentials = Path(environment.get("AWS_SHARED_CREDENTIALS_FILE") or home / ".aws" / "credentials")
    config = Path(environment.get("AWS_CONFIG_FILE") or home / ".aws" / "config")
    found: dict[str, str] = {}
    sections = ((config, "default" if profile == "default" else f"profile {profile}"), (credentials, profile))
    for path, section in sections:
        parser = ConfigParser(interpolation=None, default_section="\0")
        try:
            parser.read(path)
        except (ConfigError, UnicodeDecodeError):
            continue  # a broken file holds no usable profile
        if parser.has_section(section):
            found |= dict(parser[section])
    return found
