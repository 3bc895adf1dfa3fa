"""What all applications share: tokens, migrations' names, and the interface of AWS Lambda."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from appkit import credentials, lambda_runtime, migrate
from appkit.links import Address, Link

DATABASE = Address(host="db.example.org", port=5432)


def link(**more: str) -> Link:
    return Link(name="DATABASE", primary=DATABASE, reader=DATABASE, source="iam", region="eu-west-1", **more)


@pytest.fixture
def role(monkeypatch):
    credentials._session.cache_clear()
    for name, value in (("ACCESS_KEY_ID", "AKIDEXAMPLE"), ("SECRET_ACCESS_KEY", "secret"), ("SESSION_TOKEN", "token")):
        monkeypatch.setenv(f"AWS_{name}", value)
    yield
    credentials._session.cache_clear()


def test_a_token_for_a_database_is_a_signed_request_to_its_host_for_a_quarter_of_an_hour(role) -> None:
    made = credentials.token(link(user="app"), DATABASE, "rds-db")

    assert made.startswith("db.example.org:5432/?Action=connect&DBUser=app&")
    query = parse_qs(urlsplit(f"https://{made}").query)
    assert query["X-Amz-Expires"] == ["900"]
    assert "/eu-west-1/rds-db/aws4_request" in query["X-Amz-Credential"][0]
    assert query["X-Amz-Signature"]


def test_a_token_for_a_cache_is_signed_for_its_identity_and_not_for_its_host(role) -> None:
    made = credentials.token(link(user="app", identity="group-1"), DATABASE, "elasticache")

    assert made.startswith("group-1/?Action=connect&User=app&")
    assert "elasticache" in made


def test_without_a_role_the_reason_is_told(monkeypatch) -> None:
    class Nobody:
        def get_credentials(self) -> None:
            return None

    monkeypatch.setattr(credentials, "_session", Nobody)
    with pytest.raises(credentials.NoCredentialsError, match="no role"):
        credentials.token(link(user="app"), DATABASE, "rds-db")


def test_migrations_have_a_place_each_and_every_wrong_name_is_told(tmp_path) -> None:
    with pytest.raises(migrate.MigrationError, match="must hold a file"):
        migrate.migrations(tmp_path)
    for name in ("0001_a.sql", "0001_b.sql", "2_c.sql"):
        (tmp_path / name).write_text("SELECT 1")

    with pytest.raises(migrate.MigrationError) as caught:
        migrate.migrations(tmp_path)
    assert len(str(caught.value).splitlines()) == 2
    assert "2_c.sql" in str(caught.value)
    assert "0001: must stand once, got 2" in str(caught.value)


@pytest.mark.parametrize(("code", "path"), [(0, "response"), (3, "error")])
def test_a_function_tells_lambda_how_its_command_ended_with_its_last_lines(code, path) -> None:
    told = {}

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Lambda-Runtime-Aws-Request-Id", "id-1")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_POST(self) -> None:
            told[self.path] = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        command = [sys.executable, "-c", f"print('why'); raise SystemExit({code})"]
        lambda_runtime.runtime(command, f"127.0.0.1:{server.server_port}", invocations=1)
    finally:
        server.shutdown()

    (where, said), *more = told.items()
    assert not more
    assert where == f"/2018-06-01/runtime/invocation/id-1/{path}"
    assert "why" in json.dumps(said)
