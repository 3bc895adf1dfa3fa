"""What every realisation on Docker's swarm says alike: labels, logs, limits of privilege, durations."""

import pulumi
import pulumi_docker as docker

USER = "10001:10001"  # no account of any image or host: owns nothing anywhere
CHECK_SECONDS = 2
CHECK_TIMEOUT_SECONDS = 10
# bash is in every Debian-based image (Essential), and speaks TCP by itself: no curl, no interpreter to start.
_CHECK = (
    'exec 3<>"/dev/tcp/127.0.0.1/$1" && '
    'printf "GET %s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n" "$2" >&3 && '
    'read -r -t 9 _ status _ <&3 && [ "$status" = 200 ]'
)
_UNITS = ((3_600_000, "h"), (60_000, "m"))


def labels(component: str, role: str) -> dict[str, str]:
    """Labels by which the kit finds its own again: on networks, services, containers and volumes."""
    return {"archkit.stack": pulumi.get_stack(), "archkit.component": component, "archkit.role": role}


def service_labels(component: str, role: str) -> list[docker.ServiceLabelArgs]:
    """The labels of a service."""
    return [docker.ServiceLabelArgs(label=key, value=value) for key, value in labels(component, role).items()]


def container_labels(component: str, role: str) -> list[docker.ServiceTaskSpecContainerSpecLabelArgs]:
    """The same labels for its containers: Swarm does not pass them on."""
    return [
        docker.ServiceTaskSpecContainerSpecLabelArgs(label=key, value=value)
        for key, value in labels(component, role).items()
    ]


def log_driver() -> docker.ServiceTaskSpecLogDriverArgs:
    """At most 30 MB of log for each container; Docker's default grows until the disk is full."""
    return docker.ServiceTaskSpecLogDriverArgs(name="json-file", options={"max-size": "10m", "max-file": "3"})


def temporary_files(path: str, megabytes: int) -> docker.ServiceTaskSpecContainerSpecMountArgs:
    """Memory to write to, where the root file system is read-only; it counts against the memory limit.

    Without the sticky bit, which the provider loses on its way back: a change at every preview. The container has one
    user only.
    """
    return docker.ServiceTaskSpecContainerSpecMountArgs(
        target=path,
        type="tmpfs",
        tmpfs_options=docker.ServiceTaskSpecContainerSpecMountTmpfsOptionsArgs(
            size_bytes=megabytes * 1024 * 1024, mode=0o777
        ),
    )


def http_check(
    port: int, path: str, *, start_seconds: int, every_seconds: int = CHECK_SECONDS
) -> docker.ServiceTaskSpecContainerSpecHealthcheckArgs:
    """Who is silent for half a minute is replaced; Swarm lists a task in its DNS once it passed.

    Slow to give up on purpose: on a machine that is short of processor time the check itself comes late, and replacing
    who still works takes more away. Whether a replica gets requests is the load balancer's to decide, in a second.

    Args:
        port: Where the container answers; the image needs bash.
        path: Answers 200 while the process works.
        start_seconds: How long failed checks do not count.
        every_seconds: Docker asks for the first time after so long: nobody is healthy sooner. Each costs a process.

    """
    return docker.ServiceTaskSpecContainerSpecHealthcheckArgs(
        tests=["CMD", "bash", "-c", _CHECK, "health-check", str(port), path],
        interval=duration(every_seconds * 1000),
        timeout=duration(CHECK_TIMEOUT_SECONDS * 1000),
        retries=3,
        start_period=duration(start_seconds * 1000),
    )


def duration(milliseconds: int) -> str:
    """A duration as the provider writes it back (`1m`, `1m30s`, `500ms`).

    Any other spelling of the same time would be a change at every preview.
    """
    if milliseconds < 1000:
        return f"{milliseconds}ms" if milliseconds else "0s"
    text = ""
    for unit, letter in _UNITS:
        whole, milliseconds = divmod(milliseconds, unit)
        text += f"{whole}{letter}" if whole else ""
    return text + (f"{milliseconds / 1000:g}s" if milliseconds else "")
