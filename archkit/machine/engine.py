"""The Pulumi engine and its providers, as things of the machine."""

from archkit.engine import ensure_engine, find_engine
from archkit.engine.process import ProcessError, run
from archkit.engine.progress import Progress
from archkit.engine.provider import has_plugin, sdk_version
from archkit.errors import UserError
from archkit.machine.findings import Finding, missing, ok

_DOWNLOAD_TIMEOUT_SECONDS = 600.0


def check_engine() -> Finding:
    """An engine is on PATH or in the cache."""
    engine = find_engine()
    if engine is None:
        return missing("engine", "no Pulumi engine on PATH or in the cache", "archkit engine")
    return ok("engine", f"pulumi {engine.version} ({engine.source}) in {engine.binaries}")


def check_docker_provider() -> Finding:
    """The Docker provider of the SDK's version is where the engine looks for it."""
    return _check("docker", "archkit engine")


def check_aws_provider() -> Finding:
    """The AWS provider of the SDK's version is where the engine looks for it."""
    return _check("aws", "archkit doctor --target aws --fix, with a network that reaches Pulumi's downloads")


def _check(name: str, remedy: str) -> Finding:
    version = sdk_version(name)
    if has_plugin(name):
        return ok(f"{name} provider", version)
    return missing(f"{name} provider", f"{version} is not there", remedy)


def fix_engine(progress: Progress) -> None:
    """Makes the engine and the Docker provider."""
    ensure_engine(progress)


def fix_aws_provider(progress: Progress) -> None:
    """Downloads the AWS provider; no build of it is offered (its source takes an hour and 10 GB to compile).

    Raises:
        UserError: It cannot be downloaded.

    """
    engine, version = ensure_engine(progress), sdk_version("aws")
    try:
        with progress.step(f"downloading the AWS provider {version}") as step:
            run(
                [engine.executable, "plugin", "install", "resource", "aws", version],
                timeout_seconds=_DOWNLOAD_TIMEOUT_SECONDS,
                environment=engine.environment(),
                on_tick=step.update,
            )
    except ProcessError as error:
        reason = "an AWS stack needs a network that reaches Pulumi's downloads; recording, diagrams and tests do not"
        raise UserError(f"aws provider: {version} cannot be downloaded; {reason}\n  {error}") from error
