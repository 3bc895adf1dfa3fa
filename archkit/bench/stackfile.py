"""An equal stack file for `docker stack deploy`, read off the graph of the same design."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import yaml

from archkit.graph import Graph, Resource

_RESTART = {"condition": "condition", "delay": "delay"}


SECRET = "docker:index/secret:Secret"  # noqa: S105 - a type token


def stack_file(graph: Graph, ports: Mapping[int, int]) -> str:
    """The services, networks, configs and secrets of a local stack's graph, as a Compose file.

    Args:
        graph: Recorded.
        ports: What is published instead of each of the design's ports, so that both can stand side by side.

    """
    networks = {one.urn: one.name for one in graph.of_type("docker:index/network:Network")}
    configs = {one.urn: one for one in graph.of_type("docker:index/serviceConfig:ServiceConfig")}
    secrets = {one.urn: one.name for one in graph.of_type(SECRET)}
    return yaml.safe_dump(
        {
            "version": "3.8",
            "networks": {
                name: {"driver": "overlay", "attachable": True, "internal": bool(graph.named(name).inputs["internal"])}
                for name in networks.values()
            },
            "configs": {one.name: {"file": f"./{one.name}"} for one in configs.values()},
            "secrets": {name: {"file": f"./{name}"} for name in secrets.values()},
            "services": {
                str(one.inputs["name"]).removeprefix(f"{graph.stack}-"): {
                    **_service(one, networks, configs, ports),
                    "secrets": _secrets(one, secrets),
                }
                for one in graph.of_type("docker:index/service:Service")
            },
        }
    )


def config_files(graph: Graph) -> dict[str, str]:
    """The files that the stack file names, by name; `docker stack` joins a stack's and a service's name with `_`."""
    return {
        one.name: str(one.inputs["dataRaw"]).replace(f"tasks.{graph.stack}-", f"tasks.{graph.stack}_")
        for one in graph.of_type("docker:index/serviceConfig:ServiceConfig")
    }


def _service(
    service: Resource, networks: dict[str, str], configs: dict[str, Resource], ports: Mapping[int, int]
) -> dict[str, Any]:
    task = cast("dict[str, Any]", service.inputs["taskSpec"])
    container = task["containerSpec"]
    joined = [networks[one.urn] for one in service.references if one.urn in networks]
    used = [configs[one.urn].name for one in service.references if one.urn in configs and one.output == "id"]
    check = container["healthcheck"]
    published = service.inputs["endpointSpec"].get("ports", [])
    return {
        "image": container["image"],
        # A stack file is interpolated like a shell's text.
        "environment": dict(container.get("env", {})),
        "user": container["user"],
        "read_only": container["readOnly"],
        "cap_drop": container["capDrops"],
        "init": container["init"],
        "stop_grace_period": container["stopGracePeriod"],
        "tmpfs": [one["target"] for one in container.get("mounts", [])],
        "healthcheck": {
            "test": [part.replace("$", "$$") for part in check["tests"]],
            "interval": check["interval"],
            "timeout": check["timeout"],
            "retries": check["retries"],
            "start_period": check["startPeriod"],
        },
        "networks": joined,
        "configs": [
            {"source": name, "target": one["fileName"]}
            for name, one in zip(used, container.get("configs", []), strict=True)
        ],
        "ports": [
            {
                "target": one["targetPort"],
                "published": ports[int(one["publishedPort"])],
                "mode": "host",
                "protocol": "tcp",
            }
            for one in published
        ],
        "logging": {"driver": task["logDriver"]["name"], "options": task["logDriver"]["options"]},
        "deploy": {
            "endpoint_mode": "dnsrr",
            "replicas": service.inputs["mode"]["replicated"]["replicas"],
            "resources": {"limits": _limits(task["resources"]["limits"])},
            "restart_policy": {key: task["restartPolicy"][name] for key, name in _RESTART.items()},
        },
    }


def _secrets(service: Resource, secrets: dict[str, str]) -> list[dict[str, Any]]:
    used = [secrets[one.urn] for one in service.references if one.urn in secrets and one.output == "id"]
    mounted = service.inputs["taskSpec"]["containerSpec"].get("secrets", [])
    return [
        {
            "source": name,
            "target": one["fileName"],
            "uid": one["fileUid"],
            "gid": one["fileGid"],
            "mode": one["fileMode"],
        }
        for name, one in zip(used, mounted, strict=True)
    ]


def _limits(limits: dict[str, int]) -> dict[str, str]:
    told = {"memory": str(limits["memoryBytes"])}
    return {**told, "cpus": f"{limits['nanoCpus'] / 1e9:g}"} if "nanoCpus" in limits else told
