"""The language host, driven over gRPC as the engine drives it."""
# ruff: noqa: N802  the names of the methods are the protocol's

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    language_pb2,
    language_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
)

from archkit.engine.build import SOURCES
from archkit.engine.provider import sdk_version

LAUNCHER = SOURCES / "pulumi-language-python"


@dataclass
class FakeEngine(engine_pb2_grpc.EngineServicer, resource_pb2_grpc.ResourceMonitorServicer):
    """The two services that a program talks to: keeps what is logged and registered."""

    logged: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    registered: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def Log(self, request, context):
        self.logged.append((request.severity, request.message))
        return empty_pb2.Empty()

    def GetRootResource(self, request, context):
        return engine_pb2.GetRootResourceResponse()

    def SetRootResource(self, request, context):
        return engine_pb2.SetRootResourceResponse()

    def SupportsFeature(self, request, context):
        return resource_pb2.SupportsFeatureResponse(hasSupport=False)

    def RegisterResource(self, request, context):
        self.registered.append((request.type, request.name))
        return resource_pb2.RegisterResourceResponse(urn=f"urn:pulumi:t::p::{request.type}::{request.name}")

    def RegisterResourceOutputs(self, request, context):
        return empty_pb2.Empty()

    @property
    def errors(self) -> list[str]:
        return [message for severity, message in self.logged if severity == engine_pb2.ERROR]


@pytest.fixture(scope="module")
def served_engine() -> Iterator[tuple[FakeEngine, str]]:
    fake = FakeEngine()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    engine_pb2_grpc.add_EngineServicer_to_server(fake, server)
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(fake, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield fake, f"127.0.0.1:{port}"
    server.stop(grace=None)


@pytest.fixture
def engine(served_engine) -> tuple[FakeEngine, str]:
    served_engine[0].logged.clear()
    served_engine[0].registered.clear()
    return served_engine


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_program(tmp_path_factory.mktemp("project"))


def with_program(tmp_path: Path) -> Path:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    return tmp_path


@pytest.fixture(scope="module")
def host(project: Path, served_engine) -> Iterator[language_pb2_grpc.LanguageRuntimeStub]:
    """The launcher as the engine starts it: in the program's folder, with the engine's address as its argument."""
    process = subprocess.Popen([LAUNCHER, served_engine[1]], cwd=project / "stacks", stdout=subprocess.PIPE, text=True)
    assert process.stdout
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = language_pb2_grpc.LanguageRuntimeStub(channel)
        greeting = language_pb2.LanguageHandshakeRequest(engine_address=served_engine[1])
        stub.Handshake(greeting, timeout=20, wait_for_ready=True)
        yield stub
    process.terminate()
    assert process.wait(timeout=10) == 0, "SIGTERM ends the host in order"


def info(project: Path, **options: str) -> language_pb2.ProgramInfo:
    given = struct_pb2.Struct()
    given.update({"virtualenv": ".venv"} | options)
    return language_pb2.ProgramInfo(
        root_directory=os.fspath(project),
        program_directory=os.fspath(project / "stacks"),
        entry_point=".",
        options=given,
    )


def run(host, engine, project: Path, program: str, **options: str) -> language_pb2.RunResponse:
    (project / "stacks" / "__main__.py").write_text(program)
    request = language_pb2.RunRequest(
        project="p",
        stack="t",
        pwd=os.fspath(project / "stacks"),
        program=".",
        config={"p:size": "small"},
        parallel=4,
        monitor_address=engine[1],
        info=info(project, **options),
    )
    return host.Run(request, timeout=60)


def test_a_program_runs_with_its_configuration_and_registers_its_resources(host, engine, project: Path):
    program = "import pulumi\npulumi.ComponentResource('a:b:C', pulumi.Config('p').require('size'))\n"
    response = run(host, engine, project, program)
    assert not response.error, response.error
    assert not response.bail
    assert ("a:b:C", "small") in engine[0].registered, "the program's resource reaches the engine"


def test_a_run_error_is_told_once_and_without_a_traceback(host, engine, project: Path):
    response = run(host, engine, project, "import pulumi\nraise pulumi.RunError('web/port: must be free')\n")
    assert response.bail, "the engine must not print it a second time"
    assert engine[0].errors == ["web/port: must be free"]


def test_a_crash_keeps_its_traceback(host, engine, project: Path):
    response = run(host, engine, project, "1 / 0\n")
    assert response.bail
    assert len(engine[0].errors) == 1
    assert "ZeroDivisionError" in engine[0].errors[0], "an author needs the traceback of a bug"
    assert "__main__.py" in engine[0].errors[0]


def test_a_program_that_leaves_without_an_answer_is_an_error(host, engine, project: Path):
    response = run(host, engine, project, "import os\nos._exit(7)\n")
    assert response.error == "the program ended with exit code 7"


def test_a_virtual_environment_that_is_not_there_is_named_with_its_remedy(host, engine, project: Path):
    response = run(host, engine, project, "", virtualenv="nowhere")
    assert f"{project}/nowhere has no interpreter; run tools/setup" in response.error


def test_a_request_that_the_engine_gives_up_ends_the_program(host, engine, project: Path):
    mark = project / "started"
    (project / "stacks" / "__main__.py").write_text(
        f"import os, pathlib, time\npathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\ntime.sleep(60)\n"
    )
    request = language_pb2.RunRequest(project="p", stack="t", monitor_address=engine[1], info=info(project))
    running = host.Run.future(request)
    started = threading.Event()
    for _ in range(200):
        if mark.exists() and mark.read_text():
            break
        started.wait(0.1)
    pid = int(mark.read_text())
    running.cancel()
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        started.wait(0.1)
    pytest.fail("the program outlived the request that ran it")


def test_only_plugins_that_are_here_are_required(tmp_path: Path):
    home = tmp_path / "home"
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import language_host as h; print(sorted(h.installed_plugins()))"
    )

    def installed() -> str:
        environment = os.environ | {"PULUMI_HOME": str(home)}
        command = [sys.executable, "-c", code, str(SOURCES)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    assert installed() == "[]", "an AWS plugin that cannot be had must not stop a local stack"
    (home / "plugins" / f"resource-docker-v{sdk_version('docker')}").mkdir(parents=True)
    assert installed() == f"[('docker', '{sdk_version('docker')}')]"


def test_about_names_the_projects_interpreter(host, project: Path):
    answer = host.About(language_pb2.AboutRequest(info=info(project)), timeout=10)
    assert Path(answer.executable).parent == project / ".venv" / "bin"
    assert answer.version == ".".join(map(str, sys.version_info[:3]))


def test_direct_dependencies_are_the_providers_and_transitive_ones_all(host, project: Path):
    def names(*, transitive: bool) -> set[str]:
        request = language_pb2.GetProgramDependenciesRequest(info=info(project), transitiveDependencies=transitive)
        return {d.name for d in host.GetProgramDependencies(request, timeout=10).dependencies}

    assert {"pulumi", "pulumi_aws", "pulumi_docker"} <= names(transitive=False) <= names(transitive=True)
    assert "grpcio" in names(transitive=True) - names(transitive=False)


def test_nothing_is_asked_about_the_runtime(host, project: Path):
    assert not host.RuntimeOptionsPrompts(language_pb2.RuntimeOptionsRequest(info=info(project)), timeout=10).prompts


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"toolchain": "poetry"}, "runtime/toolchain: must be pip or uv, got poetry"),
        ({"virtualenv": ""}, "runtime/virtualenv: must name a folder"),
        ({}, "has no requirements.lock, requirements.txt or pyproject.toml to install"),
    ],
)
def test_what_cannot_be_installed_is_refused_with_its_rule(host, tmp_path: Path, options: dict[str, str], rule: str):
    request = language_pb2.InstallDependenciesRequest(info=info(with_program(tmp_path), **options))
    with pytest.raises(grpc.RpcError) as refused:
        list(host.InstallDependencies(request, timeout=60))
    assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert rule in refused.value.details()


def test_the_projects_environment_is_made_and_filled_as_its_files_ask(host, tmp_path: Path):
    project = with_program(tmp_path)
    package = project / "greeting"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
        "[project]\nname = 'greeting'\nversion = '1'\n"
    )
    wheel = "greeting-1-py3-none-any.whl"
    (package / "backend.py").write_text(
        "import zipfile\n"
        "def build_wheel(folder, *_):\n"
        f"    with zipfile.ZipFile(f'{{folder}}/{wheel}', 'w') as z:\n"
        "        z.writestr('greeting.py', 'HELLO = 1')\n"
        "        facts = 'Metadata-Version: 2.1\\nName: greeting\\nVersion: 1\\n'\n"
        "        z.writestr('greeting-1.dist-info/METADATA', facts)\n"
        "        tags = 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'\n"
        "        z.writestr('greeting-1.dist-info/WHEEL', tags)\n"
        "        z.writestr('greeting-1.dist-info/RECORD', '')\n"
        f"    return '{wheel}'\n"
    )
    (project / "requirements.txt").write_text(f"{package}\n")
    request = language_pb2.InstallDependenciesRequest(info=info(project, virtualenv="fresh"))
    said = b"".join(answer.stdout for answer in host.InstallDependencies(request, timeout=120)).decode()
    assert "requirements.txt" in said, "the engine shows which command runs"
    python = project / "fresh" / "bin" / "python"
    subprocess.run([python, "-c", "import greeting; assert greeting.HELLO == 1"], check=True)


def test_a_hashed_lock_is_preferred_and_its_hashes_are_required(tmp_path: Path):
    spec = spec_from_file_location("language_host", SOURCES / "language_host.py")
    assert spec
    assert spec.loader
    language_host = module_from_spec(spec)
    spec.loader.exec_module(language_host)
    for name in ("requirements.lock", "requirements.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    commands = [" ".join(command) for command in language_host.install_commands(tmp_path, tmp_path / "venv")]
    assert len(commands) == 3, "environment, lock, project"
    assert commands[1].endswith(f"--require-hashes -r {tmp_path}/requirements.lock")
    assert "--no-deps" in commands[2], "the lock alone decides which versions are installed"


def test_the_launcher_says_what_to_do_where_no_environment_has_the_sdk(tmp_path: Path):
    launcher = tmp_path / LAUNCHER.name
    launcher.write_bytes(LAUNCHER.read_bytes())
    launcher.chmod(0o755)
    bare = {k: v for k, v in os.environ.items() if k not in {"ARCHKIT_PYTHON", "VIRTUAL_ENV"}}
    ended = subprocess.run([launcher], cwd=tmp_path, env=bare, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "run tools/setup in the project" in ended.stderr
