"""The secrets of one cache: certificates, passwords, and the files that hold them."""

from collections.abc import Callable

import pulumi

from components.access.local import LocalSecret
from components.cache.contract import USER
from components.cache.local import layout
from components.cache.local.views import render_member_users, render_probe, render_sentinel_users
from components.connect import Component
from components.secrets import Authority, Derived, derive, stack_root
from components.servers import secret


class Material:
    """The secrets of a cache, each made by the server that needs it.

    One authority for each cache, which no other component's servers trust.

    Args:
        cache: Their parent.

    """

    def __init__(self, cache: Component) -> None:
        self._cache = cache
        self._root = stack_root()
        # As a secret too, though it is none: a file at one place, and no second kind of thing to mount.
        self.authority = self._secret("authority", layout.AUTHORITY_FILE, lambda made: Authority(made).pem)
        self.application_authority = LocalSecret(
            id=self.authority.id, name=self.authority.name, file_name=f"/run/secrets/{cache.component_name}-ca.pem"
        )

    def application_password(self) -> LocalSecret:
        """What applications prove themselves by."""
        path = f"/run/secrets/{self._cache.component_name}-password"
        return self._secret("password", path, lambda made: made.password(USER))

    def certificate(self, common_name: str, hosts: list[str]) -> LocalSecret:
        """A certificate of server and client, with its key."""
        return self._secret(
            f"{common_name}-certificate",
            layout.CERTIFICATE_FILE,
            lambda made: Authority(made).certificate(common_name, hosts),
        )

    def password(self, user: str) -> LocalSecret:
        """What one kind of the cache's own servers proves itself by."""
        return self._secret(f"{user}-password", layout.PASSWORD_FILE, lambda made: made.password(user))

    def member_users(self) -> LocalSecret:
        """Whom members let in."""
        return self._secret("member-users", layout.USERS_FILE, render_member_users)

    def sentinel_users(self) -> LocalSecret:
        """Whom Sentinels let in."""
        return self._secret("sentinel-users", layout.USERS_FILE, render_sentinel_users)

    def probe(self) -> LocalSecret:
        """What the proxy asks members by."""
        return self._secret("probe", layout.PROBE_FILE, render_probe)

    def _secret(self, role: str, path: str, make: Callable[[Derived], str]) -> LocalSecret:
        component = self._cache.component_name
        # Read here and not in the apply: it runs later, where the stack's name may be another's.
        given = pulumi.Output.secret(self._root)
        stack = derive("", component).stack
        text = given.apply(lambda root: make(Derived(root=root, stack=stack, component=component)))
        return secret(self._cache, self._cache.part(role), component, text, path.removeprefix("/run/secrets/"))
