"""What every realisation on Docker's swarm says alike: labels, logs, limits of privilege, durations."""

import pulumi
import pulumi_docker as docker

USER = "10001:10001"  # no account of any image or host: owns nothing anywhere
# The provider looks whether a service runs after so long, then 5, 15 and 25 s later. What starts alone is up at the
# first look; ten servers that start at once on two processors are at the second (6 to 7 s; Docker 20.10, 2026-11-28).
ASK_MILLISECONDS = 3000
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
