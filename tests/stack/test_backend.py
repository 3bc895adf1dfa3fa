"""Whoever is logged in elsewhere keeps their backend."""

from pathlib import Path

import pytest

from archkit.stack.backend import environment


@pytest.mark.parametrize("content", [None, "{}", '{"current": ""}', "no json", "[]"])
def test_where_nobody_is_logged_in_state_is_a_local_file(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "credentials.json").write_text(content)
    assert environment({"PULUMI_HOME": str(tmp_path)}) == {"PULUMI_BACKEND_URL": "file://~"}


def test_a_login_is_kept(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text('{"current": "s3://our-state"}')
    assert environment({"PULUMI_HOME": str(tmp_path)}) == {}


def test_a_backend_of_the_environment_is_kept(tmp_path: Path) -> None:
    assert environment({"PULUMI_HOME": str(tmp_path), "PULUMI_BACKEND_URL": "s3://our-state"}) == {}
