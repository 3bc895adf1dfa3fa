"""The program in this process, where the engine asks for it.

Left to itself the engine starts a language host twice and a Python for the program, which load the same libraries
three times: two of the five seconds that a run without changes took (2026-11-28). It is told an address instead, as the
Automation API does for inline programs. Plain `pulumi` starts its own.
"""

from __future__ import annotations

import gc
import importlib
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent import futures
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import grpc

PROGRAM = "stacks.program"
_MAX_MESSAGE_BYTES = 400 << 20  # as the engine's own limit


def is_here(root: Path) -> bool:
    """Whether the program that this process would run is the project's, and not another checkout's."""
    found = find_spec(PROGRAM)
    return found is not None and found.origin is not None and Path(found.origin).is_relative_to(root)


@contextmanager
def serving(target: str) -> Generator[list[str]]:
    """Arguments of `pulumi up` and `preview` by which the engine asks this process, as long as the context lasts.

    The engine takes most of a second to begin. What it will ask for is loaded meanwhile, Pulumi's own libraries first,
    and its first question waits for them. Garbage of these seconds is left to lie.

    Args:
        target: `local` or `aws`: whose realisations are loaded.

    """
    import grpc  # noqa: PLC0415 - a tenth of a second, which other commands do not pay

    handlers: list[grpc.GenericRpcHandler] = []
    loaded = threading.Event()

    def load() -> None:
        try:
            handlers.extend(_asked_of(program))
        finally:
            loaded.set()
        for module in (PROGRAM, f"components.targets.{target}"):
            importlib.import_module(module)

    def program() -> None:
        loading.join()
        importlib.import_module(PROGRAM).from_engine()

    class WhenLoaded(grpc.GenericRpcHandler):
        def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
            loaded.wait()
            return next((found for one in handlers if (found := one.service(handler_call_details))), None)

    loading = threading.Thread(target=load, daemon=True)
    collecting = gc.isenabled()
    gc.disable()
    loading.start()
    options = [("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), [WhenLoaded()], options=options)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield [f"--client=127.0.0.1:{port}", "--exec-kind=auto.inline"]
    finally:
        server.stop(grace=None)
        if collecting:
            gc.enable()


def _asked_of(program: Callable[[], None]) -> list[grpc.GenericRpcHandler]:
    """What answers the engine's questions, as Pulumi's own libraries have it."""
    from grpc import RpcError  # noqa: PLC0415 - as the rest
    from pulumi import log  # noqa: PLC0415 - a quarter of a second, while the engine begins
    from pulumi.automation._server import LanguageServer  # noqa: PLC0415  # pyright: ignore[reportPrivateUsage]
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc  # noqa: PLC0415

    class Host(LanguageServer):
        def Run(self, request: Any, context: Any) -> language_pb2.RunResponse:  # noqa: N802 - as gRPC calls it
            # Two hundred calls of the engine, of which it shows nothing.
            told, log.debug = log.debug, _nothing
            try:
                response = super().Run(request, context)
            except RpcError:  # the engine is gone: what it failed of it said itself, and nobody is left to be told
                return language_pb2.RunResponse(bail=True)
            finally:
                log.debug = told
            # What went wrong was logged: told twice, it would be shown twice.
            return language_pb2.RunResponse(bail=True) if response.error else response

    collected = _Collected()
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(program), cast("grpc.Server", collected))
    return collected.handlers


def _nothing(*_: object, **__: object) -> None:
    return


class _Collected:
    """A server as far as handlers are given to it."""

    def __init__(self) -> None:
        self.handlers: list[grpc.GenericRpcHandler] = []

    def add_generic_rpc_handlers(self, handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        self.handlers.extend(handlers)

    def add_registered_method_handlers(self, service: str, handlers: object) -> None:
        """The same ones by name, which a generic handler finds too."""
