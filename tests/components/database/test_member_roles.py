"""`member-roles`, which Patroni runs at each change of role, with stand-ins for the server and for Patroni's answer."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "components/database/image/postgresql/bin/member-roles"
# Recovers for as many questions as the file has lines, and takes no write until then; keeps what else it is asked.
PSQL = """#!/bin/bash
case "$*" in
*pg_is_in_recovery*) [ -s recovering ] || { echo f; exit; }; sed -i 1d recovering; echo t ;;
*) [ ! -s recovering ] || exit 3; printf '%s\\n' "psql ${*: -1}" >>asked ;;
esac
"""


@pytest.fixture
def run(tmp_path: Path):
    """Runs it with arguments, of a server that recovers for so many questions; what it then asked for."""

    def run(*arguments: str, recovering: int = 0) -> list[str]:
        for name, text in {
            "psql": PSQL,
            "curl": '#!/bin/bash\necho "curl ${*: -1}" >>asked\n',
            "sleep": "#!/bin/bash\n",
        }.items():
            (tmp_path / name).write_text(text)
            (tmp_path / name).chmod(0o755)
        (tmp_path / "recovering").write_text("t\n" * recovering)
        path = f"{tmp_path}:{os.environ['PATH']}"
        subprocess.run(["bash", SCRIPT, *arguments], check=True, cwd=tmp_path, env={"PATH": path}, timeout=30)
        asked = tmp_path / "asked"
        return asked.read_text().splitlines() if asked.exists() else []

    return run


ROLES, SHARED = "psql --file=/run/secrets/roles.sql", "curl https://member:8008/config"


@pytest.mark.parametrize("recovering", [0, 3])
def test_a_new_primary_is_told_what_the_stack_says_once_its_promotion_has_ended(run, recovering: int) -> None:
    assert run("on_role_change", "primary", "orders", recovering=recovering) == [ROLES, SHARED]


def test_a_replica_is_told_nothing(run) -> None:
    assert run("on_role_change", "replica", "orders", recovering=3) == []


def test_a_new_cluster_gets_its_roles_and_has_what_members_share_already(run) -> None:
    assert run("host=/tmp dbname=postgres") == [ROLES]
