"""Every statement of the catalogue at a million rows, in a real PostgreSQL 17: an index answers it."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import psycopg
import pytest

from components.images import ROOT, kit_tag
from components.settings import LocalSettings

sys.path.insert(0, str(ROOT / "stacks" / "apps" / "api"))
sys.path.insert(0, str(ROOT / "stacks" / "apps" / "shared"))

from appkit import migrate
from catalogue import queries
from catalogue.reads import FIRST, NEWEST

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
ROWS = 1_000_000
SERVER = """
export PGDATA=/tmp/data PATH=$PATH:/usr/lib/postgresql/17/bin
initdb -U postgres --auth=trust -E UTF8 --locale-provider=builtin --locale=C.UTF-8 >/dev/null
echo 'host all all all trust' >>$PGDATA/pg_hba.conf
exec postgres -c listen_addresses='*' -c unix_socket_directories=/tmp -c fsync=off -c wal_level=replica \
  -c max_wal_size=8GB -c maintenance_work_mem=256MB -c shared_buffers=256MB
"""
WORDS = "SELECT array_agg(substr(md5(n::text), 1, 6)) FROM generate_series(1, 5000) AS n"
FILL = f"""
INSERT INTO products (sku, name, description, category, price_cents)
SELECT 'sku-' || n, words[1 + n % 5000] || ' ' || words[1 + (n / 7) % 5000], words[1 + (n * 13) % 5000],
       'category-' || n % 50, n % 10000
FROM generate_series(1, {ROWS}) AS n, ({WORDS}) AS made(words)
"""
STATEMENTS = {
    "PRODUCT": {"id": 500_000},
    "PAGE": {"before": NEWEST, "limit": 20},
    "CATEGORY_PAGE": {"category": "category-7", "before": NEWEST, "limit": 20},
    "SEARCH": {"words": "c4ca42", "rank": FIRST[0], "after": FIRST[1], "limit": 20},
    "CHANGE": {"id": 500_000, "name": None, "description": None, "category": None, "price_cents": 1},
    "REMOVE": {"id": 500_000},
    "ANSWERED": {"key": "key"},
    "ANSWER": {"key": "key", "status": 200, "body": "", "product_id": 1},
    "FORGET": {},
}


@pytest.fixture(scope="module")
def server():
    folder = ROOT / "components" / "database" / "image" / "postgresql"
    base = LocalSettings().base_image
    image = kit_tag("postgresql", folder, base)
    if subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode:
        build = ["docker", "build", "-q", "--build-arg", f"BASE_IMAGE={base}", "-t", image, str(folder)]
        subprocess.run(build, check=True, capture_output=True, env={"DOCKER_BUILDKIT": "0", "PATH": "/usr/bin:/bin"})
    container = subprocess.run(
        ["docker", "run", "-d", "--rm", "-p", "127.0.0.1::5432", "--shm-size", "512m", image, "bash", "-c", SERVER],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    try:
        port = subprocess.run(["docker", "port", container, "5432"], check=True, capture_output=True, text=True).stdout
        address = f"host=127.0.0.1 port={port.strip().rpartition(':')[2]} user=postgres dbname=postgres"
        with _connected(address) as made:
            # Before the rows: an index that is built over rows that are there takes a fraction of the time.
            migrate.migrate(made, migrate.migrations(Path(ROOT / "stacks/apps/api/migrations")), "app")
            made.execute("DROP INDEX products_document")
            made.execute("ALTER TABLE products SET UNLOGGED")
            made.execute(FILL)
            made.execute("CREATE INDEX products_document ON products USING gin (document) WITH (fastupdate = off)")
            made.execute("ANALYZE products")
        yield address
    finally:
        subprocess.run(["docker", "rm", "-f", container], check=False, capture_output=True)


@pytest.fixture
def connection(server):
    with psycopg.connect(server, autocommit=True) as made:
        yield made


def _connected(address: str) -> psycopg.Connection:
    until = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(address, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def test_no_statement_reads_a_million_rows_one_after_the_other(connection) -> None:
    assert connection.execute("SELECT count(*) FROM products").fetchone()[0] == ROWS
    for name, values in STATEMENTS.items():
        cursor = psycopg.ClientCursor(connection)
        cursor.execute(f"EXPLAIN (FORMAT JSON) {getattr(queries, name)}", values)
        plan = json.dumps(cursor.fetchone()[0])
        scans = [one for one in _nodes(json.loads(plan)[0]["Plan"]) if one["Node Type"] == "Seq Scan"]
        assert not [one for one in scans if one["Relation Name"] == "products"], f"{name}: {plan}"


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_commit_that_waits_for_a_standby_is_given_up_by_a_cancel_request_and_by_no_time_out(
    server, cancelled
) -> None:
    """As where both standbys are cut off. The cancel request, which the application never sends, is the control."""
    key = f"waits-{cancelled}"
    count = "SELECT count(*) FROM idempotency_keys WHERE key = %s"
    application = server.replace("user=postgres", "user=app")
    with psycopg.connect(server, autocommit=True) as other, psycopg.connect(application, autocommit=True) as writer:
        assert writer.execute("SHOW transaction_timeout").fetchone() == ("5s",)
        writer.execute("SET statement_timeout = '2s'")
        _reload(other, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        try:
            with ThreadPoolExecutor(1) as pool:
                write = pool.submit(writer.execute, "INSERT INTO idempotency_keys VALUES (%s, '')", [key])
                if cancelled:
                    wait([write], timeout=1)
                    other.execute("SELECT pg_cancel_backend(%s)", [writer.info.backend_pid])
                ended = bool(wait([write], timeout=7).done)
                seen = other.execute(count, [key]).fetchone()
                _reload(other, "ALTER SYSTEM RESET synchronous_standby_names")
            assert ended is cancelled
            assert seen == (int(cancelled),), "what no other member has is seen by nobody"
            assert other.execute(count, [key]).fetchone() == (1,)
        finally:
            _reload(other, "ALTER SYSTEM RESET synchronous_standby_names")


def _reload(connection: psycopg.Connection, statement: str) -> None:
    connection.execute(statement)
    connection.execute("SELECT pg_reload_conf()")
    time.sleep(0.5)


def test_the_control_a_question_without_an_index_does(connection) -> None:
    (plan,) = connection.execute("EXPLAIN (FORMAT JSON) SELECT * FROM products WHERE price_cents = 7").fetchone()
    assert any(one["Node Type"].endswith("Seq Scan") for one in _nodes(plan[0]["Plan"]))


def test_every_statement_that_clients_cause_is_tried(connection) -> None:
    known = {name for name in vars(queries) if name.isupper() and not name.startswith("_") and name != "FIELDS"}
    assert known - set(STATEMENTS) == {"CREATE", "CLAIM"}, "those two only insert"


def _nodes(plan):
    yield plan
    for one in plan.get("Plans", []):
        yield from _nodes(one)
