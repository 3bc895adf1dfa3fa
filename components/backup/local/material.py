"""The secrets of one backup: what copies are encrypted with, and how the offsite server knows who may write."""

import hashlib
from base64 import b64decode
from collections.abc import Callable

from components.access.local import LocalSecret
from components.backup.local import layout
from components.connect import Component
from components.secrets import Derived, derive, ssh_key, ssh_public, stack_root
from components.servers import secret


class Material:
    """All secrets of a backup, each given to those servers only that need it.

    Args:
        backup: Their parent.
        offsite: Whether there is a second repository.

    """

    def __init__(self, backup: Component, *, offsite: bool) -> None:
        self._backup = backup
        self._offsite = offsite
        self._root = stack_root()
        if offsite:
            self.host_key = self._secret("host-key", layout.HOST_KEY_FILE, lambda made: ssh_key(made, "host"))
            self.ssh_key = self._secret("ssh-key", layout.SSH_KEY_FILE, lambda made: ssh_key(made, "repository"))
            # As a secret too, though it is none: a file at one place, and no second kind of thing to mount.
            self.authorized = self._secret(
                "authorized", layout.AUTHORIZED_FILE, lambda made: f"restrict {ssh_public(made, 'repository')}\n"
            )

    def keys(self, database: str) -> LocalSecret:
        """The part of pgBackRest's configuration that is secret."""
        offsite = self._offsite
        return self._secret(f"{database}-keys", layout.KEYS_FILE, lambda made: keys(made, database, offsite=offsite))

    def _secret(self, role: str, path: str, make: Callable[[Derived], str]) -> LocalSecret:
        component = self._backup.component_name
        # Read here and not in the apply: it runs later, where the stack's name may be another's.
        stack = derive("", component).stack
        text = self._root.apply(lambda root: make(Derived(root=root, stack=stack, component=component)))
        return secret(
            self._backup, self._backup.part(role), component, text, path.removeprefix(f"{layout.SECRETS_FOLDER}/")
        )


def cipher_key(secrets: Derived, database: str, number: int) -> str:
    """What one repository's copies of a database are encrypted with: aes-256-cbc, another key for each place."""
    return secrets.password(f"repository {number} of {database}")


def keys(secrets: Derived, database: str, *, offsite: bool) -> str:
    """The text of `keys.conf`."""
    lines = ["[global]", f"repo1-cipher-pass={cipher_key(secrets, database, layout.SITE)}"]
    if offsite:
        lines += [
            f"repo2-cipher-pass={cipher_key(secrets, database, layout.OFFSITE)}",
            f"repo2-sftp-host-fingerprint={fingerprint(secrets)}",
        ]
    return "\n".join(lines) + "\n"


def fingerprint(secrets: Derived) -> str:
    """SHA-256 of the offsite server's public key: another server under its name gets nothing."""
    return hashlib.sha256(b64decode(ssh_public(secrets, "host").split()[1])).hexdigest()
