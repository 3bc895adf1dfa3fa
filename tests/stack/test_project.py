"""Which project and which stack are meant, and what the kit says where there is none."""

from pathlib import Path

import pytest

from archkit.errors import UserError
from archkit.stack.project import Project, find_project, read_config


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "Pulumi.yaml").write_text("name: archkit\nruntime: python\nstackConfigDir: .archkit/stacks\n")
    (tmp_path / "stacks" / "config").mkdir(parents=True)
    (tmp_path / "stacks" / "config" / "web-local.yaml").write_text("config:\n  archkit:design: web\n")
    return Project(root=tmp_path)


def test_a_project_is_found_from_a_folder_below_it(project: Project) -> None:
    assert find_project(project.root / "stacks" / "config").root == project.root.resolve()


def test_outside_a_project_the_message_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"project: no Pulumi.yaml in .* or above; run archkit inside a checkout"):
        find_project(tmp_path)


def test_a_stacks_own_file_wins_over_what_ships(project: Project) -> None:
    assert project.config("web-local") == {"archkit:design": "web"}
    own = project.stack_file("web-local")
    own.parent.mkdir(parents=True)
    own.write_text("config:\n  archkit:design: api\n")
    assert project.config("web-local") == {"archkit:design": "api"}


def test_a_misspelt_stack_gets_the_nearest_known_one(project: Project) -> None:
    with pytest.raises(UserError) as refused:
        project.config("web-locla")
    assert refused.value.problems == (
        "stack: must be <design>-<target>, got 'web-locla'; no such configuration is in stacks/config and no such "
        "stack was made; did you mean 'web-local'?",
    )


@pytest.mark.parametrize("content", ["[1, 2", "config: [1, 2]", "- just\n- a list\n"])
def test_a_file_of_another_form_is_refused_by_its_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "Pulumi.web-local.yaml"
    path.write_text(content)
    with pytest.raises(UserError, match=r"Pulumi.web-local.yaml: must be YAML with a part `config:`"):
        read_config(path)
