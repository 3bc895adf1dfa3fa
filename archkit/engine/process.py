"""Programs of the host that run for minutes: bounded in time, followed line by line, never left behind."""

import os
import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from types import FrameType

KEPT_LINES = 12
_TICK_SECONDS = 1.0


class ProcessError(Exception):
    """A program failed or took too long; the text says which, and ends with its last lines."""


def run(
    command: Sequence[str | Path],
    *,
    timeout_seconds: float,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
    on_tick: Callable[[], None] | None = None,
) -> str:
    """Runs a program and returns what it wrote, stdout and stderr together.

    Args:
        command: The program and its arguments.
        timeout_seconds: How long it may take as a whole.
        cwd: Where it runs; default here.
        environment: Variables laid over this process's own.
        on_line: Called with each line as it comes.
        on_tick: Called about once a second, also while the program is silent.

    Raises:
        ProcessError: It is not there, ended with another code than 0, or ran out of time.

    """
    name = Path(command[0]).name
    last: deque[str] = deque(maxlen=KEPT_LINES)
    written: list[str] = []
    deadline = monotonic() + timeout_seconds
    with _ended_with_us(command, cwd, environment) as process:
        for line in _lines(process, on_tick, deadline, timeout_seconds, name):
            written.append(line)
            if line.strip():
                last.append(line)
            if on_line:
                on_line(line)
        code = process.wait()
    if code:
        raise ProcessError("\n".join([f"{name} ended with exit code {code}", *last]))
    return "\n".join(written)


def _lines(
    process: subprocess.Popen[str],
    on_tick: Callable[[], None] | None,
    deadline: float,
    timeout_seconds: float,
    name: str,
) -> Generator[str]:
    arriving: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            arriving.put(line.rstrip("\n"))
        arriving.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        if monotonic() > deadline:
            raise ProcessError(f"{name} did not end within {timeout_seconds:.0f} s")
        try:
            line = arriving.get(timeout=_TICK_SECONDS)
        except queue.Empty:
            line = ""
        if line is None:
            return
        if on_tick:
            on_tick()
        if line:
            yield line


@contextmanager
def _ended_with_us(
    command: Sequence[str | Path], cwd: Path | None, environment: Mapping[str, str] | None
) -> Generator[subprocess.Popen[str]]:
    """The program in a group of its own, which ends when this context does, a SIGTERM to us included."""
    with terminable():
        try:
            process = subprocess.Popen(
                [os.fspath(part) for part in command],
                cwd=cwd,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise ProcessError(f"{command[0]}: {error.strerror}") from error
        try:
            yield process
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def terminable() -> Generator[None]:
    """Makes a SIGTERM unwind the stack as Ctrl-C does, so that what was begun is cleaned up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
