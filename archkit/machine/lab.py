"""What the lab of three zones needs beyond Docker: Linux, root, and the tools that make namespaces and links."""

import os
import shutil
import sys

from archkit.engine.process import ProcessError
from archkit.engine.progress import Progress
from archkit.errors import UserError
from archkit.machine import packages
from archkit.machine.findings import Finding, missing, ok

# program -> the Debian package that has it
_PROGRAMS = {
    "ip": "iproute2",
    "iptables": "iptables",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "dockerd": "docker.io",
}


def check_root() -> Finding:
    """Namespaces, bridges and daemons of their own are for root on Linux."""
    if sys.platform != "linux":
        return missing("root", sys.platform, "the lab is for Linux; designs and tests work here")
    if os.geteuid() != 0:
        return missing("root", f"user {os.geteuid()}", "run the lab as root")
    return ok("root", "yes")


def check_tools() -> Finding:
    """The programs that the lab calls are there."""
    absent = [program for program in _PROGRAMS if shutil.which(program) is None]
    if absent:
        wanted = sorted({_PROGRAMS[program] for program in absent})
        return missing("lab tools", f"without {', '.join(absent)}", f"apt-get install {' '.join(wanted)}")
    return ok("lab tools", ", ".join(_PROGRAMS))


def fix_tools(progress: Progress) -> None:
    """Installs them from the distribution.

    Raises:
        UserError: This user may not, or apt failed.

    """
    finding = check_tools()
    if not packages.can_install():
        raise UserError(f"lab tools: {finding.detail}; {finding.remedy}")
    try:
        packages.install(sorted({package for p, package in _PROGRAMS.items() if shutil.which(p) is None}), progress)
    except ProcessError as error:
        raise UserError(f"lab tools: apt could not install them; {error}") from error
