"""Finds an engine, or makes one in the order in which most users get theirs fastest."""

from archkit.engine.build import NoBuildError, build_engine, language_host_is_current, put_language_host
from archkit.engine.cache import locked
from archkit.engine.find import find_engine, on_path
from archkit.engine.installer import install_engine
from archkit.engine.model import Engine, Source
from archkit.engine.process import ProcessError
from archkit.engine.progress import ConsoleProgress, Progress
from archkit.engine.provider import ensure_docker_provider, has_plugin
from archkit.errors import UserError


def ensure_engine(progress: Progress | None = None, *, rebuild: bool = False) -> Engine:
    """The engine that the kit uses, made if there is none, with the Docker provider in its folder of plugins.

    Order: PATH (3.259.0 or newer), the cache folder, Pulumi's installer, a build from `tools/engine` with Go. Takes
    milliseconds when it is there, seconds by the installer, about 5 minutes by a first build.

    Args:
        progress: Where steps are shown; default stderr.
        rebuild: Make the cached engine and the provider again; an engine on PATH still wins.

    Raises:
        UserError: None of the three ways works; the message says why of each.

    """
    progress = ConsoleProgress() if progress is None else progress
    engine = None if rebuild else find_engine()
    if engine and has_plugin("docker") and _has_current_host(engine):
        return engine
    with locked(progress):
        engine = _found(rebuild=rebuild) or _make(progress)
        if not _has_current_host(engine):
            put_language_host(engine.binaries)
        ensure_docker_provider(engine, progress, again=rebuild)
    return engine


def _found(*, rebuild: bool) -> Engine | None:
    """Looks again under the lock, since whoever held it before may have made one."""
    if not rebuild:
        return find_engine()
    engine, _ = on_path()
    return engine if engine and engine.source is Source.PATH else None


def _has_current_host(engine: Engine) -> bool:
    return engine.source is not Source.BUILT or language_host_is_current(engine.binaries)


def _make(progress: Progress) -> Engine:
    failures = [f"  PATH: {on_path()[1]}"]
    try:
        return install_engine(progress)
    except ProcessError as error:
        failures.append(f"  Pulumi's installer: {error}")
    try:
        return build_engine(progress)
    except (NoBuildError, ProcessError) as error:
        failures.append(f"  build from tools/engine with Go: {error}")
        problem = "\n".join(["engine: the Pulumi engine cannot be had by any of its three ways;", *failures])
        raise UserError(problem) from error
