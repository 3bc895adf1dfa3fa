"""What clients and load balancers are told by a replica."""

import json

import pytest
from appkit.lifecycle import Lifecycle, Phase
from appkit.settings import Settings
from starlette.testclient import TestClient
from webapp.application import application


def test_every_answer_says_which_replica_and_zone_gave_it(client) -> None:
    for path in ("/", "/healthz", "/readyz", "/work", "/nobody-serves-this"):
        answer = client.get(path)
        assert answer.headers["x-archkit-replica"] == "2", path
        assert answer.headers["x-archkit-zone"] == "b<c", path
        assert answer.headers["x-request-id"], path


def test_a_browser_gets_a_page_and_a_program_gets_json(client) -> None:
    page = client.get("/", headers={"accept": "text/html,application/xhtml+xml"})
    data = client.get("/", headers={"accept": "application/json"})

    assert page.headers["content-type"].startswith("text/html")
    assert "replica 2" in page.text
    assert "b&lt;c" in page.text, "what comes from outside is escaped"
    assert "b<c" not in page.text
    assert "$" not in page.text, "nothing of the template is left"
    assert data.json()["replica"] == "2"
    assert data.headers["vary"] == "accept", "a cache that mixed the two up would send JSON to people"


def test_answers_that_name_a_replica_are_never_cached(client) -> None:
    for path in ("/", "/healthz", "/readyz", "/work"):
        assert client.get(path).headers["cache-control"] == "no-store", path


def test_a_replica_wants_requests_only_between_its_start_and_its_drain(lifecycle) -> None:
    client = TestClient(application(Settings(), lifecycle))  # not entered: not started

    assert client.get("/readyz").status_code == 503, "nobody is sent to a replica that starts"
    assert client.get("/healthz").status_code == 200, "and it is not replaced for starting"
    with client:
        assert client.get("/readyz").status_code == 200
        lifecycle.phase = Phase.DRAINING
        assert client.get("/readyz").status_code == 503, "nobody new is sent to a replica that drains"
        assert client.get("/").status_code == 200, "who was sent before is still answered"
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_work_is_done_as_ordered(client, method) -> None:
    answer = client.request(method, "/work?cpu_milliseconds=20&wait_milliseconds=30")

    assert answer.status_code == 200
    assert answer.json() == {"replica": "2", "cpu_milliseconds": 20, "wait_milliseconds": 30}
    assert answer.elapsed.total_seconds() >= 0.05


@pytest.mark.parametrize(
    "query",
    [
        "cpu_milliseconds=1001",
        "cpu_milliseconds=-1",
        "cpu_milliseconds=1.5",
        "cpu_milliseconds=",
        "cpu_milliseconds=" + "9" * 5000,
        "wait_milliseconds=10001",
        "wait_milliseconds=NaN",
        "wait_milliseconds=٣",
        "wait_seconds=1",
    ],
)
def test_work_that_no_replica_should_do_is_refused_with_the_reason(client, query) -> None:
    answer = client.get(f"/work?{query}")

    assert answer.status_code == 400
    (problem,) = answer.json()["problems"]
    assert problem.startswith("work/")
    assert "got" in problem
    assert len(problem) < 200, "what a client sends is not echoed at any length"


def test_all_problems_of_an_order_are_told_at_once(client) -> None:
    answer = client.get("/work?cpu_milliseconds=x&wait_milliseconds=y&z=1")

    assert len(answer.json()["problems"]) == 3


def test_metrics_count_requests_by_route_and_nobody_can_grow_them_without_end(client) -> None:
    for number in range(5):
        client.get(f"/scan-{number}")
    client.get("/")

    text = client.get("/metrics").text

    assert 'http_requests_total{method="GET",route="other",status="404"} 5.0' in text
    assert 'http_requests_total{method="GET",route="/",status="200"} 1.0' in text
    assert "scan-" not in text


def test_a_request_is_logged_with_its_id_and_probes_are_not(client, capsys) -> None:
    capsys.readouterr()
    client.get("/healthz")
    client.get("/readyz")
    client.get("/metrics")
    client.get("/", headers={"x-request-id": "abc-123"})

    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told["request_id"] == "abc-123"
    assert (told["method"], told["path"], told["status"]) == ("GET", "/", 200)


def test_an_id_that_could_forge_log_lines_is_replaced(client) -> None:
    for bad in ("a b", "x" * 129, '"},{"', "ä".encode("latin-1")):
        assert client.get("/", headers={"x-request-id": bad}).headers["x-request-id"] != bad


def test_settings_come_from_the_environment() -> None:
    made = Settings.of({"PORT": "9000", "ARCHKIT_REPLICA": "3", "ARCHKIT_ZONE": "c", "ARCHKIT_UNREADY_SECONDS": "0.5"})

    assert made == Settings(port=9000, replica="3", zone="c", unready_seconds=0.5)


def test_all_settings_that_make_no_sense_are_told_at_once() -> None:
    with pytest.raises(ValueError, match="PORT") as caught:
        Settings.of({"PORT": "0", "ARCHKIT_UNREADY_SECONDS": "soon", "ARCHKIT_GRACE_SECONDS": "-1"})

    assert len(str(caught.value).splitlines()) == 3


def test_a_new_replica_starts_in_the_starting_phase() -> None:
    assert Lifecycle().phase == Phase.STARTING
