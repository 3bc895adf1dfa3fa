"""The web design on Docker, from its deployment to its end; the tests share one deployment and run in this order."""

import json
import subprocess
import time

import httpx
import pytest

from archkit.bench.traffic import gets_while
from archkit.errors import UserError

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]
RATE = 150  # requests per second: many tests share a small machine


def replicas(web, requests: int = 60) -> set[str]:
    return {httpx.get(web.url).headers["x-archkit-replica"] for _ in range(requests)}


def wait_for_replicas(web, count: int, seconds: float = 60) -> None:
    """Until so many containers run and each answered."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if len(web.containers("web")) == count and len(replicas(web)) == count:
            return
        time.sleep(0.5)
    pytest.fail(f"not {count} replicas within {seconds:.0f} s: {len(web.containers('web'))} run")


def no_get_failed(result) -> None:
    assert result.sent > 500, "too few requests would prove nothing"
    failures = {kind.label: count for kind, count in result.samples.by_kind().items()}
    assert result.failed == 0, f"clients saw {failures}"


def test_all_replicas_answer_through_the_load_balancer(web) -> None:
    wait_for_replicas(web, 3)

    assert replicas(web) == {"1", "2", "3"}


def test_a_person_sees_who_answered(web) -> None:
    page = httpx.get(web.url, headers={"accept": "text/html"})

    assert "You were answered by" in page.text
    assert page.headers["x-archkit-zone"] in page.text


def test_what_clients_say_of_themselves_is_not_passed_on(web) -> None:
    mine = {"x-request-id": "forged", "x-forwarded-for": "1.2.3.4", "forwarded": "for=1.2.3.4"}
    answer = httpx.get(web.url, headers=mine)

    assert answer.headers["x-request-id"] != "forged", "the load balancer makes the id that all logs share"
    assert len(answer.headers.get_list("x-request-id")) == 1


def test_statistics_are_inside_only(web) -> None:
    (proxy,) = web.containers("edge")
    for path, expected in (("/metrics", "haproxy_server_status"), ("/stats", "Statistics Report")):
        assert expected not in httpx.get(f"{web.url}{path}").text, f"{path} is not for clients"
        # bash is all that the image has to ask with.
        script = f"exec 3<>/dev/tcp/127.0.0.1/8404; printf 'GET {path} HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
        inside = subprocess.run(
            ["docker", "exec", proxy, "bash", "-c", script], capture_output=True, text=True, check=True
        )
        assert expected in inside.stdout


def test_the_real_parser_takes_the_configuration_and_finds_nothing_to_warn_of(web) -> None:
    (proxy,) = web.containers("edge")
    checked = subprocess.run(
        ["docker", "exec", proxy, "haproxy", "-c", "-V", "-f", "/etc/haproxy/haproxy.cfg"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert "Configuration file is valid" in checked.stdout + checked.stderr
    assert "WARNING" not in checked.stderr


def test_containers_have_no_privilege(web) -> None:
    for container in web.containers():
        attrs = web.docker.containers.get(container).attrs
        assert attrs["HostConfig"]["ReadonlyRootfs"]
        assert [name.removeprefix("CAP_") for name in attrs["HostConfig"]["CapDrop"]] == ["ALL"]
        assert not attrs["HostConfig"]["Privileged"]
        assert attrs["HostConfig"]["Init"]
        status = subprocess.run(
            ["docker", "exec", container, "cat", "/proc/1/status"], capture_output=True, text=True, check=True
        ).stdout
        assert "CapEff:\t0000000000000000" in status, "as the kernel says, not as Docker was asked"
        assert "CapBnd:\t0000000000000000" in status, "and none can be had"


def test_only_the_controller_holds_the_docker_socket_and_it_has_nothing_else(web) -> None:
    controllers = set(web.containers("controller"))
    assert controllers, "a controller that does not run proves nothing"
    for container in web.containers():
        attrs = web.docker.containers.get(container).attrs
        binds = {mount["Source"]: mount["Destination"] for mount in attrs["Mounts"] if mount["Type"] == "bind"}
        if container not in controllers:
            assert attrs["Config"]["User"] == "10001:10001"
            assert binds == {}, "nothing of the machine is in an application's reach"
            continue
        # Owns the socket on every host, and needs no more than that: the exception that its README writes down.
        assert attrs["Config"]["User"] == "0:0"
        assert binds == {"/var/run/docker.sock": "/run/docker.sock"}
        assert not attrs["HostConfig"]["PortBindings"], "nobody reaches it from outside"
        joined = set(attrs["NetworkSettings"]["Networks"])
        assert joined == {f"{web.name}-controller"}, "it joins nobody's network but its own"


def test_nothing_changes_where_nothing_changed(web) -> None:
    assert set(web.preview()) == {"same"}, "a change at every preview hides the real one"


def test_no_get_fails_in_a_rolling_update_and_a_scaled_service_keeps_its_count(web) -> None:
    wait_for_replicas(web, 3)
    service = web.docker.services.get(f"{web.name}-web")
    service.scale(4)
    wait_for_replicas(web, 4)
    before = set(web.containers("web"))
    web.configure("web.service.environment.RELEASE=two")

    no_get_failed(gets_while(web.port, web.up, rate=RATE, at_least_seconds=8))

    wait_for_replicas(web, 4)
    assert not before & set(web.containers("web")), "every replica is of the new version"
    service.reload()
    assert service.attrs["Spec"]["Mode"]["Replicated"]["Replicas"] == 4, "the count is whoever's scales"


def test_a_bad_deploy_is_undone_the_old_version_serves_and_the_message_says_why(web) -> None:
    wait_for_replicas(web, 4)
    before = set(web.containers("web"))
    web.configure("web.service.environment.ARCHKIT_GRACE_SECONDS=never")
    told: list[UserError] = []

    def deploy() -> None:
        with pytest.raises(UserError) as caught:
            web.up()
        told.append(caught.value)

    no_get_failed(gets_while(web.port, deploy, rate=RATE, at_least_seconds=8))

    message = str(told[0])
    assert "ARCHKIT_GRACE_SECONDS: must be" in message, "the last lines of the replica's log say why"
    assert "Traceback" not in message
    service = web.docker.services.get(f"{web.name}-web")
    environment = service.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]["Env"]
    assert "ARCHKIT_GRACE_SECONDS=never" not in environment, "the old version is what the swarm keeps up"
    assert before & set(web.containers("web")), "replicas of before serve on"


def test_the_next_up_repairs_it(web) -> None:
    web.configure("web.service.environment.ARCHKIT_GRACE_SECONDS=5.0")
    web.up()

    assert httpx.get(web.url).status_code == 200
    service = web.docker.services.get(f"{web.name}-web")
    environment = service.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]["Env"]
    assert "ARCHKIT_GRACE_SECONDS=5.0" in environment


def test_requests_are_logged_under_the_id_that_the_client_got(web) -> None:
    request_id = httpx.get(f"{web.url}/work?wait_milliseconds=1").headers["x-request-id"]
    logs = b"".join(web.docker.containers.get(one).logs(tail=50) for one in web.containers("web")).decode()

    (line,) = [line for line in logs.splitlines() if request_id in line]
    assert json.loads(line)["path"] == "/work"


def test_destroy_leaves_nothing_behind(web) -> None:
    web.destroy()

    assert web.wait_until_gone() == []
