"""The passphrase of a stack's secrets: made once, never lost, never asked for twice."""

import stat
from pathlib import Path

import pytest

from archkit.errors import UserError
from archkit.stack.passphrase import ensure, environment, passphrase_file
from archkit.stack.project import Project


@pytest.mark.parametrize("given", [{"PULUMI_CONFIG_PASSPHRASE": ""}, {"PULUMI_CONFIG_PASSPHRASE_FILE": "/some/file"}])
def test_what_the_user_set_wins_even_an_empty_one(tmp_path: Path, given: dict[str, str]) -> None:
    project = Project(root=tmp_path)
    assert ensure(project, given) == {}
    assert not passphrase_file(project).exists(), "a second passphrase beside the user's own would decrypt nothing"


def test_a_passphrase_that_was_made_is_only_the_owners_and_stays_the_same(tmp_path: Path) -> None:
    project = Project(root=tmp_path)
    first = ensure(project, {})
    path = passphrase_file(project)
    content = path.read_text()

    assert first == {"PULUMI_CONFIG_PASSPHRASE_FILE": str(path)} == environment(project, {})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600, "others on this machine could read the stack's secrets"
    assert len(content) >= 32
    assert ensure(project, {}) == first
    assert path.read_text() == content, "a new passphrase would lock out the stacks made before"


def test_a_missing_passphrase_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        environment(Project(root=tmp_path), {})
    assert refused.value.problems == (
        "passphrase: must be set, got nothing in PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, and "
        ".archkit/passphrase is not there; it decrypts the stack's secrets; set the one that the stack was made with",
    )
