"""What pgBackRest says where something is wrong, in words that say what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from archkit.backup.find import Repository

# By what pgBackRest's own message holds. Source: its error codes (src/build/error/error.yaml) and messages, 2.55.
_KNOWN: Mapping[str, tuple[str, str, str]] = {
    # Decrypted with another key, a list of copies is no list: seen with 2.55, each time.
    r"CryptoError|unable to flush|is or was the repo encrypted|\[095\]|\[FormatError\] unable to load info file": (
        "key",
        "must be the one that the copies were encrypted with, got another or none",
        "it follows from the stack's secret `archkit:secret`: use the stack's own file and passphrase",
    ),
    r"unable to acquire lock": (
        "lock",
        "must be free, got one that is held",
        "another copy is under way; wait for its end",
    ),
    r"HostConnectError|unable to connect|unable to get address|unable to find a primary|FileReadError.*ssh": (
        "connection",
        "must answer, got nothing",
        "see `archkit status` and `archkit logs`",
    ),
    r"no backup set found to restore|no prior backup|unable to find backup set": (
        "copies",
        "must be one at least, got none that reaches so far back",
        "`archkit backup list` shows them",
    ),
    r"do not match the database|stanza-upgrade": (
        "database",
        "must be the one that was copied before, got another",
        "a new database was made beside old copies: restore them before it, or remove their volumes",
    ),
}

_OPTIONS = " command begin "  # a line that names every option, of a key as well


def explain(where: str, said: str) -> str:
    """One message for what pgBackRest said: `where/path: rule, got value; reason`."""
    lines = [one.partition("ERROR: ")[2] or one for one in said.splitlines() if "ERROR: " in one] or said.split("\n")
    first = re.sub(r"\s+", " ", next((one for one in lines if one.strip()), "nothing")).strip()
    told = "\n".join(line for line in said.splitlines() if _OPTIONS not in line)
    for pattern, (path, rule, reason) in _KNOWN.items():
        if re.search(pattern, told):
            return f"{where}/{path}: {rule}; {reason} (pgBackRest: {first})"
    return f"{where}: must succeed, got an error of pgBackRest: {first}"


def problem_of(repository: Repository, said: str) -> str:
    """As `explain`, of a repository."""
    return explain(f"backup/{repository.backup}/{repository.database}", said)
