"""The database of a deployed api design as its figures need it: filled, counted, and measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import cast

from docker.models.containers import Container

from archkit.bench.deployment import Deployment
from archkit.bench.memory import cpu_seconds
from archkit.errors import UserError
from components.database.contract import DATABASE
from components.database.local.layout import SOCKET_DIRECTORY

COST_TURNS = 5
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
    statement = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query LIKE '%websearch_to_tsquery%'"
    answers = [_said(one, statement) for one in _members(api)]
    if bad := [said for code, said in answers if code]:
        raise UserError(f"database: every member must tell what it ran, got {bad[0][-500:]}")
    return sum(int(said) for _, said in answers)


def cpu_milliseconds(api: Deployment, ask: Callable[[], None], *, times: int) -> float:
    """Processor time that all members together use for one question, less what they use when nobody asks.

    By turns, and the median of all: a vacuum or a copy for the backup may fall into one of them.

    Args:
        api: The deployment.
        ask: Asks once, and waits for the answer.
        times: How often in each turn.

    """
    costs: list[float] = []
    for _ in range(COST_TURNS):
        before, began = _cpu(api), time.monotonic()
        for _ in range(times):
            ask()
        used, seconds = _cpu(api) - before, time.monotonic() - began
        before = _cpu(api)
        time.sleep(seconds)
        costs.append(1e3 * (used - (_cpu(api) - before)) / times)
    return median(costs)


def _cpu(api: Deployment) -> float:
    return sum(cpu_seconds(api.docker, str(one.id)) for one in _members(api))


def _members(api: Deployment) -> list[Container]:
    found = [api.docker.containers.get(one) for one in api.containers("database")]
    return [one for one in found if one.labels.get("archkit.role") == "member"]


def _said(container: Container, statement: str) -> tuple[int | None, str]:
    """Exit code and output of psql as the database's own account, at the socket where it listens."""
    command = ["psql", "-XAtq", "-h", SOCKET_DIRECTORY, "-d", DATABASE, "-v", "ON_ERROR_STOP=1", "-c", statement]
    code, said = container.exec_run(command, user="postgres")
    return code, cast("bytes", said).decode().strip()
