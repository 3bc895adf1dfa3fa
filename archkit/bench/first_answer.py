"""From built images until the first answer: the kit beside `docker stack deploy` of an equal stack file."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from archkit.bench.deployment import Deployment, free_port, temporary
from archkit.bench.rows import Row, spread
from archkit.bench.stackfile import config_files, stack_file
from archkit.recorder import record
from archkit.stack.project import Project, read_config
from components.cdn.local.authority import keys_in
from components.settings import LocalSettings
from stacks.program import program

MAXIMUM = 3  # as many as the minimum: no controller, for which a stack file has no equal


def measure(project: Project, *, rounds: int) -> Row:
    """From built images until the first answer: `up` beside `docker stack deploy` of an equal stack file, by turns."""
    mine: list[float] = []
    stacks: list[float] = []
    for _ in range(rounds):
        with temporary(project, "bench", f"web.service.capacity.maximum={MAXIMUM}") as web:
            mine.append(_until_answer(web, web.up))
        stacks.append(_stack_deploy(project))
    ratios = [one / other for one, other in zip(mine, stacks, strict=True)]
    return Row(
        what="until the first answer, archkit up / docker stack deploy",
        target="<= 1.5",
        measured=f"{median(ratios):.2f}",
        met=median(ratios) <= 1.5,
        n=len(ratios),
        spread=spread(ratios, 2),
        note=f"{median(mine):.1f} / {median(stacks):.1f} s from built images",
    )


def _until_answer(web: Deployment, deploy: Callable[[], object]) -> float:
    answered: list[float] = []
    watcher = threading.Thread(target=lambda: answered.append(web.wait_for_answer(120)), daemon=True)
    began = time.monotonic()
    watcher.start()
    deploy()
    watcher.join()
    if not answered:
        message = f"{web.url}: was deployed and never answered"
        raise TimeoutError(message)
    return answered[0] - began


def _stack_deploy(project: Project) -> float:
    port = free_port()
    web = Deployment(project=project, name=f"bench-{port}", port=port)
    config = read_config(project.shipped["web-local"])
    config["archkit:web"]["service"]["capacity"]["maximum"] = MAXIMUM
    graph = record(program(config), stack=web.name)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="archkit-stack-")))
        local = LocalSettings()
        ports = {local.port: port, **{one: free_port() for one in local.edge_ports}}
        (folder / "stack.yaml").write_text(stack_file(graph, ports))
        for name, text in {**config_files(graph), **_secret_files(folder)}.items():
            (folder / name).write_text(text)
        stack.callback(_stack_remove, web.name, port)
        command = ["docker", "stack", "deploy", "--compose-file", "stack.yaml", web.name]
        return _until_answer(
            web, lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        )


def _secret_files(folder: Path) -> dict[str, str]:
    """The edge locations' keys, as a deployment of the kit makes them."""
    keys = keys_in(folder / "keys")
    return {"cdn-certificate": keys.certificate, "cdn-purge-key": keys.purge_key}


def _stack_remove(name: str, port: int) -> None:
    subprocess.run(["docker", "stack", "rm", name], check=True, capture_output=True)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        left = subprocess.run(
            ["docker", "network", "ls", "--quiet", "--filter", f"label=com.docker.stack.namespace={name}"],
            check=True,
            capture_output=True,
            text=True,
        )
        if not left.stdout.strip():
            return
        time.sleep(0.5)
    message = f"stack {name} on port {port}: its networks were not removed within 60 s"
    raise TimeoutError(message)
