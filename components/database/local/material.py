"""The secrets of one database: certificates, passwords, and the files that hold them."""

from collections.abc import Callable

import pulumi

from components.access.local import LocalSecret
from components.connect import Component
from components.database.contract import USER
from components.database.local import layout
from components.database.local.layout import Layout
from components.database.local.views import render_roles, render_users
from components.secrets import Authority, Derived, derive, stack_root
from components.servers import secret


class Material:
    """All secrets of a database, each given to those servers only that need it.

    One authority for each database, which no other component's servers trust. Certificates are of a kind of server:
    the members of one kind may stand for each other anyway.

    Args:
        database: Their parent.
        names: Of its servers.

    """

    def __init__(self, database: Component, names: Layout) -> None:
        self._database = database
        self._root = stack_root()
        component = database.component_name
        # As a secret too, though it is none: a file at one place, and no second kind of thing to mount.
        self.authority = self._secret("authority", layout.AUTHORITY_FILE, lambda made: Authority(made).pem)
        self.etcd_certificate = self._certificate("etcd", [*names.etcd_hosts, "localhost"])
        self.member_certificate = self._certificate(
            layout.COMMON_NAME, [*names.possible_member_hosts, names.host("proxy"), "localhost"]
        )
        self.pooler_certificate = self._certificate("pooler", [names.host("writer"), names.host("reader")])
        # A client's, for etcd: for the service that gives up the lease of a leader that is dead.
        self.controller_certificate = self._certificate("controller", [])
        self.roles = self._secret("roles", layout.ROLES_FILE, lambda made: render_roles(component, made))
        self.users = self._secret("users", layout.USERS_FILE, render_users)
        self.application_authority = LocalSecret(
            id=self.authority.id, name=self.authority.name, file_name=f"/run/secrets/{component}-ca.pem"
        )
        self.application_password = self._secret(
            "password", f"/run/secrets/{component}-password", lambda made: made.password(USER)
        )
        self.owner_password = self._secret(
            "owner-password", f"/run/secrets/{component}-owner-password", lambda made: made.password(layout.OWNER)
        )

    def _certificate(self, common_name: str, hosts: list[str]) -> LocalSecret:
        return self._secret(
            f"{common_name}-certificate",
            layout.CERTIFICATE_FILE,
            lambda made: Authority(made).certificate(common_name, hosts),
        )

    def _secret(self, role: str, path: str, make: Callable[[Derived], str]) -> LocalSecret:
        component = self._database.component_name
        # Read here and not in the apply: it runs later, where the stack's name may be another's.
        given = pulumi.Output.secret(self._root)
        stack = derive("", component).stack
        text = given.apply(lambda root: make(Derived(root=root, stack=stack, component=component)))
        return secret(self._database, self._database.part(role), component, text, path.removeprefix("/run/secrets/"))
