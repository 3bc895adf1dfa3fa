"""`archkit logs`: what a stack's parts say."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Annotated, Any

import typer

from archkit import console
from archkit.errors import UserError
from archkit.labels import COMPONENT
from archkit.stack.docker import client, services
from archkit.stack.project import find_project


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(logs)


def logs(
    stack: Annotated[str, typer.Argument(help="A deployed stack, such as `web-local`.")],
    component: Annotated[str | None, typer.Argument(help="Only this component: `web`.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    tail: Annotated[int, typer.Option("--tail", min=0, help="Lines of each component to begin with.")] = 100,
) -> None:
    """Print what a stack's parts say, each line with its component.

    Examples:

        archkit logs web-local

        archkit logs web-local web --follow --tail 10
    """
    config = find_project().config(stack)
    if config.get("archkit:target") != "local":
        message = f"logs: are for local stacks, got {stack!r} on aws; there they are in CloudWatch Logs"
        raise UserError(message)
    found = {str(one.attrs["Spec"]["Labels"].get(COMPONENT)): one for one in services(client(config), stack)}
    if not found:
        message = f"stack: {stack!r} is not deployed on this Docker daemon; run `archkit up {stack}`"
        raise UserError(message)
    if component and component not in found:
        message = f"component: must be one of {', '.join(sorted(found))}, got {component!r}"
        raise UserError(message)
    chosen = {component: found[component]} if component else found
    for name, line in _lines(chosen, follow=follow, tail=tail):
        console.out.print(f"{name} | {line}", markup=False)


def _lines(chosen: dict[str, Any], *, follow: bool, tail: int) -> Any:
    queue: SimpleQueue[tuple[str, str] | None] = SimpleQueue()

    def read(name: str, service: Any) -> None:
        rest = b""
        for chunk in service.logs(stdout=True, stderr=True, follow=follow, tail=tail, timestamps=False):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                queue.put((name, line.decode(errors="replace")))
        if rest:
            queue.put((name, rest.decode(errors="replace")))
        queue.put(None)

    for name, service in chosen.items():
        threading.Thread(target=read, args=(name, service), daemon=True).start()
    left = len(chosen)
    while left:
        item = queue.get()
        if item is None:
            left -= 1
        else:
            yield item
