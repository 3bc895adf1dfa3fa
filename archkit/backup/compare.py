"""Compares two databases by content: rows and a hash of each table, whatever the order of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from archkit.backup.find import PSQL
from archkit.backup.inside import Inside
from archkit.errors import UserError

# One statement for each table, in one snapshot. A row's hash is half of MD5 as a number; their sum does not depend on
# the order, and counts a row that is there twice twice, as XOR would not.
_TABLES = r"""
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%'
ORDER BY 1
\gexec
"""
_HASHES = r"""
SELECT format(
    'SELECT %L, count(*), coalesce(sum((''x'' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0) FROM ONLY %s t',
    quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.oid::regclass)
"""
_QUESTION = f"""
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL statement_timeout = 0;
{_HASHES}{_TABLES}
COMMIT;
"""
# Whoever commits before the last lock is held is in the hashes and before the moment; whoever waits for it is neither.
_AT_REST = rf"""
BEGIN;
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = '30s';
SELECT format('LOCK TABLE %s IN SHARE MODE', c.oid::regclass) {_TABLES}
{_HASHES}{_TABLES}
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"');
COMMIT;
"""


@dataclass(frozen=True, kw_only=True)
class Content:
    """Args: `rows` of a table, and `hash` over all of them."""

    rows: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One table in both; None where one of them lacks it.

    Args:
        table: With its schema.
        restored: What was restored.
        running: What runs now.

    """

    table: str
    restored: Content | None
    running: Content | None

    @property
    def same(self) -> bool:
        """Whether every row is the same."""
        return self.restored == self.running

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "same": self.same}


def content(of: Inside, database: str = "app") -> dict[str, Content]:
    """Rows and hash of every table of a database.

    Args:
        of: A member, or what was restored.
        database: PostgreSQL's name for it.

    Raises:
        UserError: It could not be asked.

    """
    return _read(_asked(of, database, _QUESTION))


def at_rest(of: Inside, database: str = "app") -> tuple[datetime, dict[str, Content]]:
    """A moment between two transactions, and the content at it; writers wait while it is read.

    Args:
        of: The primary.
        database: PostgreSQL's name for it.

    Raises:
        UserError: It could not be asked, or a table is locked for longer than 30 s.

    """
    *lines, moment = _asked(of, database, _AT_REST)
    return datetime.fromisoformat(moment), _read(lines)


def _asked(of: Inside, database: str, question: str) -> list[str]:
    done = of.run(*PSQL, "--field-separator=\t", f"--dbname={database}", "-f", "-", stdin=question)
    if done.code != 0:
        message = f"restore/compare: must be answered by {database!r}, got {done.said.strip()[-300:]}"
        raise UserError(message)
    return [line for line in done.out.splitlines() if line]


def _read(lines: Sequence[str]) -> dict[str, Content]:
    rows = [line.split("\t") for line in lines]
    return {table: Content(rows=int(count), hash=digest) for table, count, digest in rows}


def compared(restored: Mapping[str, Content], running: Mapping[str, Content]) -> list[Compared]:
    """Table by table."""
    return [
        Compared(table=table, restored=restored.get(table), running=running.get(table))
        for table in sorted({*restored, *running})
    ]
