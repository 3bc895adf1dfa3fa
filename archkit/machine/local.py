"""What can be known of this machine without any daemon: Python, disk, memory, ports, Graphviz."""

import shutil
import socket
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from archkit.engine.cache import cache_root
from archkit.engine.process import ProcessError
from archkit.engine.progress import Progress
from archkit.machine import packages
from archkit.machine.findings import Finding, missing, ok, warning

_GIB = 1 << 30
MINIMUM_PYTHON = (3, 11)
# The base image and those of a design take 1 GB, a first build of the engine leaves about 5 GB in Go's caches.
MINIMUM_DISK_BYTES = 3 * _GIB
USUAL_DISK_BYTES = 10 * _GIB
# The web design takes up to 400 MB, the peak of a build of the engine 1.8 GB.
MINIMUM_MEMORY_BYTES = 1 * _GIB
USUAL_MEMORY_BYTES = 3 * _GIB


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Finding:
    """Python 3.11 or newer runs this program."""
    said = ".".join(map(str, version))
    if version < MINIMUM_PYTHON:
        return missing("python", said, "install Python 3.11 or newer, then run tools/setup")
    return ok("python", f"{said} in {sys.prefix}")


def check_disk(folder: Path | None = None) -> Finding:
    """There is room where images and the engine are kept; at least 3 GB, better 10."""
    place = folder or _existing(cache_root())
    free = shutil.disk_usage(place).free
    said, remedy = f"{free / _GIB:.1f} GB free at {place}", "make room: images and a first build take up to 10 GB"
    if free < MINIMUM_DISK_BYTES:
        return missing("disk", said, remedy)
    return ok("disk", said) if free >= USUAL_DISK_BYTES else warning("disk", said, remedy)


def check_memory(available_bytes: int | None = None) -> Finding:
    """There is memory for the containers; at least 1 GB available, better 3."""
    available = psutil.virtual_memory().available if available_bytes is None else available_bytes
    said, remedy = f"{available / _GIB:.1f} GB available", "end other programs: a build of the engine takes 1.8 GB"
    if available < MINIMUM_MEMORY_BYTES:
        return missing("memory", said, remedy)
    return ok("memory", said) if available >= USUAL_MEMORY_BYTES else warning("memory", said, remedy)


def check_graphviz() -> Finding:
    """Graphviz is optional: the kit draws by itself, `dot` is used for one view only."""
    program = shutil.which("dot")
    if program:
        return ok("graphviz", program)
    return warning("graphviz", "not there", "optional; install the package graphviz: `dot` lays out the logical view")


def fix_graphviz(progress: Progress) -> None:
    """Installs it where that needs no question; elsewhere it stays a warning, for nothing fails without it."""
    if packages.can_install():
        with suppress(ProcessError):
            packages.install(["graphviz", "fonts-liberation"], progress)  # fonts: PNG pictures have no words without


def check_port(port: int, *, address: str = "0.0.0.0") -> Finding:  # noqa: S104  what Docker publishes on
    """Nobody listens on a TCP port that a stack wants to publish; tells who does where that may be known."""
    name = f"port {port}"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError:
            return missing(name, "needs root", "choose a port of 1024 or above")
        except OSError:
            return missing(
                name, f"taken{_holder(port)}", "end that program, or choose another port in the configuration"
            )
    return ok(name, "free")


def _holder(port: int) -> str:
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return ""
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            try:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
            except psutil.Error:
                return ""
    return ""


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())
