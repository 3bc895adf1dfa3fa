"""The password for one connection: from a file, or a token that the role of this machine signs."""

from __future__ import annotations

import asyncio
import functools
from pathlib import Path
from typing import Any

from appkit.links import Address, Link

TOKEN_SECONDS = 900  # both services: a token lives 15 minutes, and is asked for only when a connection is made


class NoCredentialsError(Exception):
    """Nobody here can say who this is; the text says what was looked for."""


async def password(link: Link, address: Address, *, service: str) -> str | None:
    """What to prove oneself with now; None where nobody asks.

    Args:
        link: Whose it is.
        address: Where it is used: a token for a database holds its host and port.
        service: `rds-db` or `elasticache`: whose token it is, for `iam`.

    Raises:
        NoCredentialsError: The file cannot be read, or this machine has no role.

    """
    if link.source == "file":
        try:
            return Path(link.password_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            message = f"{link.name}_PASSWORD_FILE: must be readable, got {error}; without it nobody gets in"
            raise NoCredentialsError(message) from error
    if link.source == "iam":
        # Asks the metadata service now and then, which blocks.
        return await asyncio.to_thread(token, link, address, service)
    return None


def token(link: Link, address: Address, service: str) -> str:
    """A signed request that nobody sends: the server checks its signature instead of a password.

    RDS User Guide, "Connecting using IAM authentication"; ElastiCache User Guide, "Authenticating with IAM".
    """
    if service == "rds-db":
        url = f"https://{address.host}:{address.port}/?Action=connect&DBUser={link.user}"
    else:
        url = f"http://{link.identity or address.host}/?Action=connect&User={link.user}"
    request = {"method": "GET", "url": url, "body": {}, "headers": {}, "context": {}}
    signed = _signer(service, link.region).generate_presigned_url(
        request, operation_name="connect", expires_in=TOKEN_SECONDS, region_name=link.region
    )
    return str(signed).partition("://")[2]


def aws_client(service: str, region: str) -> Any:
    """A client of one of AWS's services, as this machine's role."""
    return _session().create_client(service, region_name=region)


@functools.cache
def _session() -> Any:
    # 100 MB on disk and half a second: only where it is needed.
    import botocore.session  # noqa: PLC0415

    return botocore.session.get_session()


def _signer(service: str, region: str) -> Any:
    from botocore.model import ServiceId  # noqa: PLC0415
    from botocore.signers import RequestSigner  # noqa: PLC0415

    found = _session().get_credentials()  # kept and renewed by botocore
    if found is None:
        message = "no role of this machine was found; an instance needs a profile, a function a role"
        raise NoCredentialsError(message)
    return RequestSigner(ServiceId(service), region, service, "v4", found, _session().get_component("event_emitter"))
