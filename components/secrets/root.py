"""One secret for each stack, from which all others of the local target follow.

Decision record: docs/adr/0006-local-secrets-from-one-root.md.
"""

import base64
from dataclasses import dataclass

import pulumi
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from components.errors import InvalidArgsError, unless

NAMESPACE = "archkit"
KEY = "secret"
FEWEST_CHARACTERS = 32
_PASSWORD_BYTES = 24


@dataclass(frozen=True, kw_only=True)
class Derived:
    """Secrets of one component, each under a label; other labels, components, stacks or roots give others.

    Args:
        root: The stack's.
        stack: Its name.
        component: The design's name for the component.

    """

    root: str
    stack: str
    component: str

    def material(self, label: str, length: int) -> bytes:
        """So many bytes by HKDF with SHA-256 (RFC 5869)."""
        info = "\0".join(("archkit", self.stack, self.component, label)).encode()
        return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(self.root.encode())

    def password(self, label: str) -> str:
        """32 characters of letters, digits, dash and underscore: they stand in every file and URL as they are."""
        return base64.urlsafe_b64encode(self.material(f"password {label}", _PASSWORD_BYTES)).decode()


def derive(root: str, component: str) -> Derived:
    """The secrets of a component of the stack that is being declared."""
    return Derived(root=root, stack=pulumi.get_stack(), component=component)


def root_problem(root: str | None) -> str | None:
    """The problem with a root secret; None where there is none. Never says what it is."""
    return unless(
        root is not None and len(root) >= FEWEST_CHARACTERS,
        f"{NAMESPACE}:{KEY}: must be at least {FEWEST_CHARACTERS} characters, got {len(root or '')}; passwords and "
        "certificates of the stack follow from it; `archkit init <stack>` makes one",
    )


def stack_root() -> pulumi.Output[str]:
    """The stack's root secret, from its encrypted configuration.

    Raises:
        InvalidArgsError: There is none, or one that can be guessed.

    """
    config = pulumi.Config(NAMESPACE)
    if problem := root_problem(config.get(KEY)):
        raise InvalidArgsError([problem])
    return config.require_secret(KEY)
