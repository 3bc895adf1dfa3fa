"""The Docker provider's plugin: in the folder of plugins that the engine will look in, under the SDK's version."""

import json
from importlib.util import find_spec
from pathlib import Path

from archkit.engine.build import SOURCES, NoBuildError, Program, compile_program, go_program
from archkit.engine.cache import staged
from archkit.engine.home import pulumi_home
from archkit.engine.model import Engine, Source
from archkit.engine.process import ProcessError, run
from archkit.engine.progress import Progress
from archkit.errors import UserError

_DOWNLOAD_TIMEOUT_SECONDS = 120.0
_COPY_TIMEOUT_SECONDS = 120.0


def sdk_version(provider: str) -> str:
    """The version of a provider's SDK in this environment (`docker`, `aws`); the plugin must be of the same one."""
    found = find_spec(f"pulumi_{provider}")  # does not import it, which takes seconds for AWS
    assert found is not None, f"pulumi_{provider} is a dependency of the kit"
    assert found.origin is not None, f"pulumi_{provider} is a regular package"
    return str(json.loads(Path(found.origin).with_name("pulumi-plugin.json").read_text())["version"])


def plugin_folder(provider: str) -> Path:
    """Where the engine looks for the plugin; `PULUMI_HOME` is respected."""
    return pulumi_home() / "plugins" / f"resource-{provider}-v{sdk_version(provider)}"


def has_plugin(provider: str) -> bool:
    """Whether the plugin is there as a whole: the engine leaves a `.partial` file beside one that it did not finish."""
    folder = plugin_folder(provider)
    unfinished = folder.with_name(folder.name + ".partial").exists()
    return (folder / f"pulumi-resource-{provider}").exists() and not unfinished


def ensure_docker_provider(engine: Engine, progress: Progress, *, again: bool = False) -> None:
    """Installs the plugin: by download where Pulumi's own engine is in use, else, or if that fails, by a build.

    Raises:
        UserError: Neither way works; says why of each.

    """
    if has_plugin("docker") and not again:
        return
    failures: list[str] = []
    if engine.source is not Source.BUILT:
        try:
            _download(engine, progress)
            return
        except ProcessError as error:
            failures.append(f"  download by `pulumi plugin install`: {error}")
    try:
        _build(engine, progress)
    except (NoBuildError, ProcessError) as error:
        failures.append(f"  build from tools/engine: {error}")
        raise UserError("\n".join(["provider/docker: cannot be had here;", *failures])) from error


def _download(engine: Engine, progress: Progress) -> None:
    version = sdk_version("docker")
    with progress.step(f"downloading the Docker provider {version}") as step:
        run(
            [engine.executable, "plugin", "install", "resource", "docker", version, "--reinstall"],
            timeout_seconds=_DOWNLOAD_TIMEOUT_SECONDS,
            environment=engine.environment(),
            on_tick=step.update,
        )


def _build(engine: Engine, progress: Progress) -> None:
    go, version = go_program(), sdk_version("docker")
    program = Program(
        title=f"the Docker provider {version}",
        module=SOURCES / "pulumi-resource-docker",
        package=".",
        version_variable="main.version",
        version=version,
    )
    with staged() as folder:
        binary = folder / "pulumi-resource-docker"
        compile_program(go, program, binary, progress)
        run(
            [engine.executable, "plugin", "install", "resource", "docker", version, "--file", binary, "--reinstall"],
            timeout_seconds=_COPY_TIMEOUT_SECONDS,
            environment=engine.environment(),
        )
