"""What containers use: memory and processor time, as the kernel counts it."""

from __future__ import annotations

from typing import Any, cast

import docker

MEBIBYTE = 2**20


def used_megabytes(client: docker.DockerClient, container: str) -> float:
    """Memory of a container's cgroup less inactive files, which the kernel gives back when asked; in MiB."""
    memory = _stats(client, container)["memory_stats"]
    # cgroup v2 has `inactive_file`; v1 calls the sum over the whole subtree `total_inactive_file`.
    inactive = memory["stats"].get("total_inactive_file", memory["stats"].get("inactive_file", 0))
    return float(memory["usage"] - inactive) / MEBIBYTE


def cpu_seconds(client: docker.DockerClient, container: str) -> float:
    """Processor time that a container used since it started."""
    return float(_stats(client, container)["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9


def _stats(client: docker.DockerClient, container: str) -> dict[str, Any]:
    return cast("dict[str, Any]", client.api.stats(container, stream=False, one_shot=True))
