"""The kit and the engine look into the same folder."""

import os
import pwd
from pathlib import Path

import pytest

from archkit.engine.home import pulumi_home
from archkit.engine.provider import plugin_folder


def test_a_folder_of_the_environment_is_used() -> None:
    assert pulumi_home({"PULUMI_HOME": "/elsewhere"}) == Path("/elsewhere")


def test_the_accounts_home_counts_where_home_says_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    account = Path(pwd.getpwuid(os.getuid()).pw_dir)

    assert pulumi_home() == account / ".pulumi", "the engine asks the account, not the variable"
    assert plugin_folder("docker").is_relative_to(account)
