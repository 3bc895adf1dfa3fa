"""The api design on Docker: its answers, its schema, who may connect; this package shares one deployment."""

import io
import json
import secrets
import subprocess
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from jsonschema import Draft202012Validator

from archkit.bench import api as bench
from archkit.bench import api_database as database
from archkit.errors import UserError
from components.naming import IMAGES

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


def test_the_schema_is_there_before_the_first_answer_and_the_application_does_not_own_it(api) -> None:
    assert database.psql(api, "SELECT count(*) FROM schema_migrations") == "2"
    assert database.psql(api, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'") == "owner"
    asks = "SELECT has_table_privilege('app', 'schema_migrations', 'INSERT')"
    assert database.psql(api, asks) == "f"
    database.primary(api).exec_run(["member-roles", "on_role_change", "primary", "any"])  # as Patroni does
    assert database.psql(api, asks) == "f", "a change of role gives back no right that a migration took"


def test_a_write_happens_once_however_often_and_wherever_at_once_it_is_sent(api, created) -> None:
    def sent_until_it_is_answered(_: int) -> httpx.Response:
        while (answer := created("the-same-key", "once")).status_code in {503, 504}:
            time.sleep(0.2)
        return answer

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(sent_until_it_is_answered, range(20)))

    assert {one.status_code for one in answers} == {201}
    assert len({one.text for one in answers}) == 1
    assert sum("idempotency-replayed" not in one.headers for one in answers) <= 1, (
        "none where that answer came too late"
    )
    assert database.psql(api, "SELECT count(*) FROM products WHERE sku = 'once'") == "1"
    assert created("the-same-key", "another").status_code == 422


def test_a_change_is_seen_at_once_by_every_replica_and_a_client_that_has_the_answer_gets_304(api, created) -> None:
    address = api.url + created("key-change", "change").headers["location"]
    assert {httpx.get(address).json()["price_cents"] for _ in range(6)} == {120}
    changed = httpx.patch(address, json={"price_cents": 99}, headers={"idempotency-key": "key-change-2"})
    assert changed.status_code == 200
    answers = [httpx.get(address) for _ in range(9)]
    assert {one.json()["price_cents"] for one in answers} == {99}
    assert httpx.get(address, headers={"if-none-match": answers[0].headers["etag"]}).status_code == 304


def test_answers_are_as_the_openapi_document_says(api, created) -> None:
    told = httpx.get(f"{api.url}/openapi.json").json()
    made = created("key-document", "document")
    number = made.json()["id"]
    answers = {
        "Product": [made, httpx.get(f"{api.url}/products/{number}")],
        "Page": [httpx.get(f"{api.url}/products?limit=1"), httpx.get(f"{api.url}/products?category=none")],
        "Matches": [httpx.get(f"{api.url}/search?q=bolt"), httpx.get(f"{api.url}/search?q=nothing")],
        "Problem": [
            httpx.get(f"{api.url}/products/999999"),
            httpx.get(f"{api.url}/products?limit=0&colour=red"),
            created("short", "document-2"),
            created("key-document-2", "document"),
            created("key-document", "document-3"),
            created("key-document-4", "document-4", name="x" * 20_000),
        ],
    }
    statuses = {name: [one.status_code for one in some] for name, some in answers.items()}
    assert statuses == {
        "Product": [201, 200],
        "Page": [200, 200],
        "Matches": [200, 200],
        "Problem": [404, 400, 400, 409, 422, 413],
    }
    for name, some in answers.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": told["components"]}
        for one in some:
            Draft202012Validator(schema).validate(one.json())
    assert httpx.get(f"{api.url}/products?limit=1").json()["next"], "there are more than one"


# A connection proves nothing: a machine may have a proxy that accepts any. So it is told by whose certificate is shown.
ASK = """
import hashlib, socket, ssl, sys
host, port, component = sys.argv[1:]
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
with socket.create_connection((host, int(port)), timeout=3) as connection:
    connection.settimeout(3)
    if component == "database":
        connection.sendall(bytes([0, 0, 0, 8, 4, 210, 22, 47]))
        assert connection.recv(1) == b"S"
    with context.wrap_socket(connection) as secured:
        print(hashlib.sha256(secured.getpeercert(binary_form=True)).hexdigest())
"""


def test_who_is_not_linked_cannot_connect(api) -> None:
    replica = api.docker.containers.get(api.containers("api")[0])
    environment = dict(one.split("=", 1) for one in replica.attrs["Config"]["Env"])

    def shown(*command: str) -> str:
        done = subprocess.run(["docker", *command], check=False, capture_output=True, text=True, timeout=30)
        return done.stdout.strip() if done.returncode == 0 else ""

    for component in ("database", "cache"):
        host, port = environment[f"{component.upper()}_HOST"], environment[f"{component.upper()}_PORT"]
        find = f"import socket; print(socket.gethostbyname('{host}'))"
        address = shown("exec", str(replica.id), "python3", "-c", find)
        own = shown("exec", str(replica.id), "python3", "-c", ASK, address, port, component)
        assert len(own) == 64, f"a replica is linked to the {component}"
        image = replica.attrs["Config"]["Image"]
        assert shown("run", "--rm", image, "python3", "-c", ASK, address, port, component) != own
    settings = json.dumps(replica.attrs)
    assert "_PASSWORD_FILE=/run/secrets/" in settings
    assert "_PASSWORD=" not in settings


def test_a_migration_that_fails_changes_nothing_and_the_next_deployment_repairs_it(api, created) -> None:
    before = set(api.containers("api"))
    api.configure(f"local.images.api={image_with(api, 'ALTER TABLE prodcuts ADD COLUMN colour text;')}")
    with pytest.raises(UserError) as caught:
        api.up()

    said = "\n".join(caught.value.problems)
    assert "migrations/0003_colour.sql" in said, said
    assert 'relation \\"prodcuts\\" does not exist' in said, "the last lines of its log, as it wrote them"
    assert set(api.containers("api")) == before, "the version before serves on, untouched"
    assert created("key-meanwhile", "meanwhile").status_code == 201
    assert database.psql(api, "SELECT count(*) FROM schema_migrations") == "2"

    api.configure(f"local.images.api={image_with(api, 'ALTER TABLE products ADD COLUMN colour text;')}")
    api.up()
    assert database.psql(api, "SELECT count(*) FROM schema_migrations") == "3"
    until = time.monotonic() + 30  # the last of them may still be answering what it began
    while set(api.containers("api")) & before:
        assert time.monotonic() < until, "the version before still runs"
        time.sleep(0.5)
    assert created("key-repaired", "repaired").status_code == 201


def image_with(api, statement: str) -> str:
    """The application's image with one migration more; its tag."""
    (container, *_) = api.containers("api")
    base = api.docker.containers.get(container).attrs["Config"]["Image"]
    files = {"Dockerfile": f"FROM {base}\nCOPY 0003_colour.sql /srv/migrations/\n", "0003_colour.sql": statement}
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    context.seek(0)
    tag = f"{IMAGES}/api:{api.name}-{secrets.token_hex(3)}"
    api.docker.images.build(fileobj=context, custom_context=True, tag=tag, labels={"archkit.stack": api.name}, rm=True)
    return tag


def test_a_stampede_is_one_query_and_the_whole_design_fits_into_its_memory(api) -> None:
    database.fill(api, 20_000)
    # Without the lock among replicas it would be three, each time; the bench wants one each time, on a quiet machine.
    assert any(bench.stampede(api, f"/search?q=steel+-{secrets.token_hex(4)}") == 1 for _ in range(3))
    assert bench.memory(api).met, bench.memory(api).measured
