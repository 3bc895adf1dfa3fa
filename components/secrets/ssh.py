"""Keys for SSH: byte for byte the same at every run."""

from cryptography.hazmat.primitives import serialization

from components.secrets.authority import private_key
from components.secrets.root import Derived


def ssh_key(secrets: Derived, label: str) -> str:
    """A private key, P-256, as PEM: OpenSSH and libssh2 read it. A secret."""
    return (
        private_key(secrets, f"ssh {label}")
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        .decode()
    )


def ssh_public(secrets: Derived, label: str) -> str:
    """Its public half, as a line of `authorized_keys`: `ecdsa-sha2-nistp256 AAAA...`; no secret."""
    public = private_key(secrets, f"ssh {label}").public_key()
    return public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
