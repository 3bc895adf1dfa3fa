"""The project's program in this process, where the engine asks for it.

Left to itself the engine starts a language host twice and a Python for the program, which load the same libraries
three times: two of the five seconds that a run without changes took (2026-11-28). It is told an address instead, as the
Automation API does for inline programs. Plain `pulumi` starts its own.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Generator
from concurrent import futures
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PROGRAM = "stacks.program"
_MAX_MESSAGE_BYTES = 400 << 20  # as the engine's own limit


def is_here(root: Path) -> bool:
    """Whether the program that this process would run is the project's, and not another checkout's."""
    found = find_spec(PROGRAM)
    return found is not None and found.origin is not None and Path(found.origin).is_relative_to(root)


@contextmanager
def serving(target: str) -> Generator[list[str]]:
    """Arguments of `pulumi up` and `preview` by which the engine asks this process, as long as the context lasts.

    Args:
        target: `local` or `aws`: whose realisations are loaded while the engine begins.

    """
    import grpc  # noqa: PLC0415 - a third of a second, which other commands do not pay
    from pulumi.automation._server import LanguageServer  # noqa: PLC0415  # pyright: ignore[reportPrivateUsage]
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc  # noqa: PLC0415

    class Host(LanguageServer):
        def Run(self, request: Any, context: Any) -> language_pb2.RunResponse:  # noqa: N802 - as gRPC calls it
            response = super().Run(request, context)
            # What went wrong was logged: told twice, it would be shown twice.
            return language_pb2.RunResponse(bail=True) if response.error else response

    # The engine takes a second to begin: loaded meanwhile.
    def load() -> None:
        for module in (PROGRAM, f"components.targets.{target}"):
            importlib.import_module(module)

    loading = threading.Thread(target=load, daemon=True)
    loading.start()

    def program() -> None:
        loading.join()
        importlib.import_module(PROGRAM).from_engine()

    options = [("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=options)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(program), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield [f"--client=127.0.0.1:{port}", "--exec-kind=auto.inline"]
    finally:
        server.stop(grace=None)
