"""What the pooler knows of those who connect: enough to check them and to log in as them, and no password."""

import re

from components.database.contract import USER
from components.database.local.views import render_roles, render_users
from components.secrets import Derived

MADE = Derived(root="r" * 32, stack="api-local", component="orders")


def test_it_has_the_verifier_that_postgresql_has_and_no_password() -> None:
    listed = re.fullmatch(rf'"{USER}" "(SCRAM-SHA-256\$4096:[^"]+)"\n', render_users(MADE))

    assert listed, "one line: a role and its verifier"
    # Another salt or count would check clients as well, and PostgreSQL would refuse what their logins prove.
    assert f"ALTER ROLE {USER} LOGIN" in (told := render_roles("orders", MADE))
    assert f"PASSWORD '{listed[1]}';" in next(one for one in told.splitlines() if one.startswith(f"ALTER ROLE {USER} "))
    assert MADE.password(USER) not in render_users(MADE)
