"""What the lab needs of its host; said before anything is made."""

from __future__ import annotations

import os
import shutil
import sys

from archkit.lab.layout import Lab
from archkit.lab.programs import call, succeeds

_PROGRAMS = {
    "ip": "iproute2",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "dockerd": "docker.io",
    "docker-init": "docker.io",
    "iptables": "iptables",
}


def problems(lab: Lab) -> list[str]:
    """Why the lab cannot be made here; empty where it can."""
    if not sys.platform.startswith("linux"):
        return ["lab: needs Linux, whose namespaces are the zones; designs and tests run without it"]
    if os.geteuid() != 0:
        return [
            "lab: needs root, got another user; it makes network namespaces and Docker daemons: `sudo archkit lab up`"
        ]
    found = [
        f"lab: needs the program {program}, got none; install the package {package}"
        for program, package in _PROGRAMS.items()
        if shutil.which(program) is None
    ]
    return found or _kernel(lab)


def _kernel(lab: Lab) -> list[str]:
    """Tries in a namespace of its own what the lab and its overlay networks are made of."""
    probe = f"{lab.name}-probe"
    if not succeeds("ip", "netns", "add", probe):
        return ["lab: needs network namespaces, and the kernel or the container around this shell refuses them"]
    try:
        kinds = {"bridge": (), "veth": ("peer", "name", "probe2"), "vxlan": ("id", "42", "dstport", "4789")}
        return [
            f"lab: needs network devices of type {kind}, and the kernel refuses them; load its module on the host"
            for kind, more in kinds.items()
            if not succeeds("ip", "-n", probe, "link", "add", f"probe-{kind}"[:15], "type", kind, *more)
        ]
    finally:
        call("ip", "netns", "del", probe, check=False)
