"""A bad deploy says why: the swarm's reasons and the last lines of what did not start."""

from typing import Any

from docker.errors import NotFound

from archkit.stack.diagnose import why_unhealthy


def task(state: str, problem: str, image: str, updated: str, container: str = "c1") -> dict[str, Any]:
    return {
        "UpdatedAt": updated,
        "Spec": {"ContainerSpec": {"Image": image}},
        "Status": {"State": state, "Err": problem, "ContainerStatus": {"ContainerID": container}},
    }


class Daemon:
    """Answers as a Docker daemon does; each container said its own id."""

    def __init__(self, *tasks: dict[str, Any]) -> None:
        self._tasks = list(tasks)

    @property
    def services(self) -> "Daemon":
        return self

    api = services

    def get(self, name: str) -> "Daemon":
        if not self._tasks:
            raise NotFound(name)
        return self

    def tasks(self) -> list[dict[str, Any]]:
        return self._tasks

    def logs(self, container: str, **_: object) -> bytes:
        return f"starting\nI am {container}\n".encode()


def test_the_newest_version_that_failed_is_explained_with_its_last_lines() -> None:
    daemon: Any = Daemon(
        task("running", "", "web:1", "1", "old"),
        task("failed", "task: non-zero exit (1)", "web:2", "3", "bad"),
        task("failed", "task: non-zero exit (1)", "web:2", "2", "bad0"),
        task("shutdown", "superseded", "web:1", "2", "gone"),
    )
    assert why_unhealthy(daemon, "web-local-web") == (
        "web-local-web: its new version web:2 did not get healthy: task: non-zero exit (1) (2 times)\n"
        "  last lines of its log:\n    starting\n    I am bad"
    )


def test_a_service_whose_replicas_all_run_has_nothing_to_explain() -> None:
    daemon: Any = Daemon(task("running", "", "web:1", "1"))
    assert why_unhealthy(daemon, "web-local-web") is None


def test_a_service_that_was_never_made_has_nothing_to_explain() -> None:
    daemon: Any = Daemon()
    assert why_unhealthy(daemon, "web-local-web") is None
