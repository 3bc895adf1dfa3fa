"""The database of a deployed api design as its figures need it: filled, counted, and measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from docker.models.containers import Container

from archkit.bench.deployment import Deployment
from archkit.errors import UserError
from components.database.contract import DATABASE
from components.database.local.layout import SOCKET_DIRECTORY

_SEARCHES = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query LIKE '%websearch_to_tsquery%'"
_FASTEST = (
    "SELECT coalesce(min(min_exec_time), 0) FROM pg_stat_statements"
    " WHERE query LIKE '%websearch_to_tsquery%' AND calls > 0"
)
FILL = """
SET statement_timeout = 0;
SET transaction_timeout = 0;
INSERT INTO products (sku, name, description, category, price_cents)
SELECT 'bench-' || n, (ARRAY['steel', 'brass', 'oak'])[1 + n % 3] || ' part ' || n,
       'number ' || n || ' of series ' || n % 997, 'category-' || n % 20, n % 10000
FROM generate_series(1, {count}) AS n ON CONFLICT DO NOTHING;
ANALYZE products
"""


def fill(api: Deployment, count: int) -> None:
    """Puts products into the database, as a superuser within the member that leads; one in three matches `steel`."""
    psql(api, FILL.format(count=count))


def psql(api: Deployment, statement: str) -> str:
    """What the primary answers.

    Raises:
        UserError: No member is the primary, or it does not take the statement.

    """
    code, said = _said(primary(api), statement)
    if code:
        raise UserError(f"database: must take the statement, got {said[-500:]}")
    return said


def primary(api: Deployment) -> Container:
    """The member that takes writes.

    Raises:
        UserError: None does.

    """
    for one in _members(api):
        if _said(one, "SELECT pg_is_in_recovery()")[1] == "f":
            return one
    raise UserError(f"{api.name}: must have a primary, got none")


def searches(api: Deployment) -> int:
    """How many searches the database has run, over all members.

    Raises:
        UserError: A member does not answer.

    """
    return int(sum(_counted(one, _SEARCHES) for one in _members(api)))


def least_milliseconds(api: Deployment, ask: Callable[[], None], *, times: int) -> float:
    """How long the fastest of some searches ran in the database, as it counts itself (`min_exec_time`).

    Its rows lie in memory, so that the fastest one, which waited for nothing, is processor time. What members use is no
    measure of it: what they do all the time, and a copy for the backup, comes to as much.

    Args:
        api: The deployment.
        ask: Searches once, past the cache, and waits for the answer.
        times: How often.

    Raises:
        UserError: A member does not answer, or none of them ran a search.

    """
    for one in _members(api):
        _counted(one, "SELECT count(pg_stat_statements_reset())")
    for _ in range(times):
        ask()
    ran = [took for one in _members(api) if (took := _counted(one, _FASTEST))]
    if not ran:
        raise UserError(f"{api.name}: a member must have run the searches, got none")
    return min(ran)


def _counted(member: Container, statement: str) -> float:
    code, said = _said(member, statement)
    if code:
        raise UserError(f"database: every member must tell what it ran, got {said[-500:]}")
    return float(said)


def _members(api: Deployment) -> list[Container]:
    found = [api.docker.containers.get(one) for one in api.containers("database")]
    return [one for one in found if one.labels.get("archkit.role") == "member"]


def _said(container: Container, statement: str) -> tuple[int | None, str]:
    """Exit code and output of psql as the database's own account, at the socket where it listens."""
    command = ["psql", "-XAtq", "-h", SOCKET_DIRECTORY, "-d", DATABASE, "-v", "ON_ERROR_STOP=1", "-c", statement]
    code, said = container.exec_run(command, user="postgres")
    return code, cast("bytes", said).decode().strip()
