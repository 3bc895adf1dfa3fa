"""What PostgreSQL keeps of a password, so that the password itself never reaches it or its log."""

import base64
import hashlib
import hmac

ITERATIONS = 4096  # RFC 7677; PostgreSQL's own default


def scram_verifier(password: str, salt: bytes) -> str:
    """A password as `ALTER ROLE ... PASSWORD` takes it ready-made: SCRAM-SHA-256 (RFC 5802, 7677).

    Args:
        password: ASCII, so that SASLprep leaves it as it is.
        salt: 16 bytes; always the same for one password, so that setting it again changes nothing.

    """
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt_, stored_, server_ = (base64.b64encode(one).decode() for one in (salt, stored, server))
    return f"SCRAM-SHA-256${ITERATIONS}:{salt_}${stored_}:{server_}"
