"""Pulumi's Python language host, for networks that cannot download Pulumi's own.

The engine starts this program, reads the port that it prints, and asks it over
gRPC (`pulumi.runtime.proto.LanguageRuntime`) to run the project's program. Each
run is a child process under the project's own interpreter (`virtualenv` in the
runtime options of Pulumi.yaml). The running itself is the Automation API's, as
for inline programs: a `RunError` is shown once, without a traceback.
"""

import os
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent import futures
from importlib.metadata import distributions, version
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.automation._server import LanguageServer  # pyright: ignore[reportPrivateUsage]
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

MAX_MESSAGE_BYTES = 400 << 20  # as the engine's own limit
TOOLCHAINS = ("", "pip", "uv")  # of the runtime options; both make a plain virtual environment here


class InvalidProjectError(Exception):
    """Something in the project that its author can mend; told to the engine without a traceback."""


def environment(info: language_pb2.ProgramInfo) -> Path | None:
    """The folder of the virtual environment that Pulumi.yaml names, if it names one."""
    virtualenv = dict(info.options).get("virtualenv")
    return Path(info.root_directory, str(virtualenv)) if virtualenv else None


def interpreter(info: language_pb2.ProgramInfo) -> Path:
    """The interpreter that the project asks for; this one where it asks for none.

    Raises:
        InvalidProjectError: The project names a virtual environment that is not there.

    """
    folder = environment(info)
    if folder is None:
        return Path(sys.executable)
    python = folder / "bin" / "python"
    if not python.exists():
        raise InvalidProjectError(
            f"runtime/virtualenv: {folder} has no interpreter; run tools/setup or `pulumi install`"
        )
    return python


def installed_plugins() -> Iterator[tuple[str, str]]:
    """Name and version of each provider whose SDK this environment has and whose plugin this machine has.

    An SDK's plugin that is *not* here is left out on purpose: the engine would insist on a download before the
    first resource, also for stacks that use another provider. It asks for it when a resource needs it.
    """
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    for distribution in distributions():
        name, version = distribution.metadata["Name"].lower().replace("_", "-"), distribution.version
        if name.startswith("pulumi-"):
            plugin = name.removeprefix("pulumi-")
            if (home / "plugins" / f"resource-{plugin}-v{version}").is_dir():
                yield plugin, version


def install_commands(root: Path, folder: Path) -> Iterator[list[str]]:
    """The commands that make the environment and fill it, as the project's files ask.

    A hashed `requirements.lock` before `requirements.txt` before `pyproject.toml`; uv where it is there.

    Raises:
        InvalidProjectError: The project has none of the three.

    """
    uv, python = shutil.which("uv"), folder / "bin" / "python"
    if not python.exists():
        maker = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
        yield [*maker, os.fspath(folder)]
    if uv:
        install = [uv, "pip", "install", "--python", os.fspath(python)]
    else:
        install = [os.fspath(python), "-m", "pip", "install", "--disable-pip-version-check"]
    if (root / "requirements.lock").exists():
        yield [*install, "--require-hashes", "-r", os.fspath(root / "requirements.lock")]
        if (root / "pyproject.toml").exists():
            yield [*install, "--no-deps", "--no-build-isolation", "--editable", os.fspath(root)]
    elif (root / "requirements.txt").exists():
        yield [*install, "-r", os.fspath(root / "requirements.txt")]
    elif (root / "pyproject.toml").exists():
        yield [*install, "--editable", os.fspath(root)]
    else:
        raise InvalidProjectError(f"{root}: has no requirements.lock, requirements.txt or pyproject.toml to install")


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the engine; runs each program in a child process.

    Args:
        engine_address: Where the engine's own service listens; the handshake may name another.
        finished: Set when the engine wants the host to end.

    """

    def __init__(self, engine_address: str, finished: threading.Event) -> None:
        self._engine_address = engine_address
        self._finished = finished

    def Handshake(self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext):  # noqa: N802
        self._engine_address = request.engine_address or self._engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext):  # noqa: N802
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def GetRequiredPackages(self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext):  # noqa: N802
        packages = [
            plugin_pb2.PackageDependency(name=name, version=version, kind="resource")
            for name, version in sorted(installed_plugins())
        ]
        return language_pb2.GetRequiredPackagesResponse(packages=packages)

    def GetProgramDependencies(  # noqa: N802
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ):
        found = {d.metadata["Name"]: d.version for d in distributions()}
        if not request.transitiveDependencies:
            found = {name: version for name, version in found.items() if name.lower().startswith("pulumi")}
        dependencies = [language_pb2.DependencyInfo(name=n, version=v) for n, v in sorted(found.items())]
        return language_pb2.GetProgramDependenciesResponse(dependencies=dependencies)

    def RuntimeOptionsPrompts(self, request: language_pb2.RuntimeOptionsRequest, context: grpc.ServicerContext):  # noqa: N802
        return language_pb2.RuntimeOptionsResponse()  # nothing to choose: the environment is a plain one

    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext):  # noqa: N802
        version = sys.version.split(maxsplit=1)[0]
        return language_pb2.AboutResponse(executable=sys.executable, version=version)

    def InstallDependencies(  # noqa: N802
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Makes the project's environment and installs what it asks for; the engine shows the output as it comes."""
        try:
            toolchain = str(dict(request.info.options).get("toolchain") or "")
            if toolchain not in TOOLCHAINS:
                raise InvalidProjectError(f"runtime/toolchain: must be pip or uv, got {toolchain}")
            folder = environment(request.info)
            if folder is None:
                raise InvalidProjectError("runtime/virtualenv: must name a folder; Pulumi.yaml names none")
            root = Path(request.info.root_directory or request.directory)
            for command in install_commands(root, folder):
                yield language_pb2.InstallDependenciesResponse(stdout=f"{' '.join(command)}\n".encode())
                yield from _streamed(command)
        except InvalidProjectError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:  # noqa: N802
        """Runs the program to its end, or until the engine gives the request up."""
        del request.args[:]
        request.args.append(self._engine_address)
        try:
            python = interpreter(request.info)
        except InvalidProjectError as error:
            return language_pb2.RunResponse(error=str(error))
        with tempfile.TemporaryDirectory() as folder:
            asked, answered = Path(folder, "request"), Path(folder, "response")
            asked.write_bytes(request.SerializeToString())
            program = subprocess.Popen([python, __file__, "--run", asked, answered])
            context.add_callback(program.terminate)
            code = program.wait()
            if not answered.exists():
                return language_pb2.RunResponse(error=f"the program ended with exit code {code}")
            return language_pb2.RunResponse.FromString(answered.read_bytes())

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext):  # noqa: N802
        self._finished.set()
        return empty_pb2.Empty()


def _streamed(command: list[str]) -> Iterator[language_pb2.InstallDependenciesResponse]:
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield language_pb2.InstallDependenciesResponse(stdout=line)
    if process.returncode:
        raise InvalidProjectError(f"{' '.join(command)} ended with exit code {process.returncode}")


def run(asked: Path, answered: Path) -> None:
    """Runs one program in this process; its errors are already in the engine's log when it answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # reaches the whole group; the engine decides what it means
    request = language_pb2.RunRequest.FromString(asked.read_bytes())
    program = Path(request.info.program_directory, request.info.entry_point)
    os.chdir(request.pwd or request.info.program_directory)
    sys.path[0] = os.fspath(program if program.is_dir() else program.parent)

    def main() -> None:
        runpy.run_path(os.fspath(program), run_name="__main__")

    response = LanguageServer(main).Run(request, context=None)  # pyright: ignore[reportArgumentType]
    if response.error:
        response = language_pb2.RunResponse(bail=True)
    answered.write_bytes(response.SerializeToString())


def serve() -> None:
    """Listens on a free port of this machine, prints it, and answers until the engine ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the engine decides when to stop
    finished = threading.Event()

    def end(_signal: int, _frame: object) -> None:
        finished.set()

    signal.signal(signal.SIGTERM, end)
    engine_address = next((arg for arg in reversed(sys.argv[1:]) if not arg.startswith("-")), "")
    limit = [("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=limit)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(engine_address, finished), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    finished.wait()
    server.stop(grace=None)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        serve()
