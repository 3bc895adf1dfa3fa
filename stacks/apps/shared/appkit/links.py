"""What a replica is told of a component that it is linked to: `DATABASE_HOST`, `DATABASE_USER`, ..."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SOURCES = ("file", "iam", "none")


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where something answers."""

    host: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Link:
    """One linked component.

    Args:
        name: Prefix of its variables: `DATABASE`.
        primary: Takes writes (`_HOST`, `_PORT`).
        reader: Takes reads (`_READER_HOST`, `_READER_PORT`); the primary where it has none.
        source: Where a password comes from (`_CREDENTIALS`): `file`, `iam` or `none`.
        user: As whom to connect (`_USER`).
        password_file: For `file` (`_PASSWORD_FILE`); read at each connection, since it may be renewed.
        region: For `iam` (`_REGION`): where a token is valid.
        identity: For `iam` (`_IDENTITY`): the name that a token is signed for where it is not the host's.
        ca_file: Who has to have signed its certificate (`_CA_FILE`); empty: no TLS.
        database: Which of the server's databases (`_DATABASE`).

    """

    name: str
    primary: Address
    reader: Address
    source: str = "none"
    user: str = ""
    password_file: str = ""
    region: str = ""
    identity: str = ""
    ca_file: str = ""
    database: str = ""

    @classmethod
    def of(cls, name: str, environment: Mapping[str, str], problems: list[str]) -> Link:
        """The link that the environment tells of; what is missing is added to the problems."""

        def told(key: str) -> str:
            return environment.get(f"{name}_{key}", "")

        def needed(key: str, reason: str) -> str:
            if not told(key):
                problems.append(f"{name}_{key}: must be given, got nothing; {reason}")
            return told(key)

        def address(prefix: str) -> Address:
            host = needed(f"{prefix}HOST", f"a link to {name.lower()!r} sets it")
            return Address(host=host, port=_port(f"{name}_{prefix}PORT", told(f"{prefix}PORT"), problems))

        source = told("CREDENTIALS") or "none"
        if source not in SOURCES:
            problems.append(
                f"{name}_CREDENTIALS: must be one of {', '.join(SOURCES)}, got {source!r}; no other is known"
            )
        if source == "file":
            needed("PASSWORD_FILE", "the password is read from it")
        if source == "iam":
            needed("REGION", "a token is valid in one region")
        primary = address("")
        return cls(
            name=name,
            primary=primary,
            reader=address("READER_") if told("READER_HOST") else primary,
            source=source,
            user=told("USER"),
            password_file=told("PASSWORD_FILE"),
            region=told("REGION"),
            identity=told("IDENTITY"),
            ca_file=told("CA_FILE"),
            database=told("DATABASE"),
        )


def _port(name: str, text: str, problems: list[str]) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= 5 and 1 <= int(text) <= 65535:
        return int(text)
    problems.append(f"{name}: must be 1 to 65535, got {text[:40]!r}; nothing answers at another port")
    return 0
