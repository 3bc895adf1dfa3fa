"""What this machine's kernel can do to packets: tried out in an empty network namespace, never assumed."""

from __future__ import annotations

import subprocess
from functools import lru_cache

from archkit.drills.faults.host import Host

_IPTABLES = "iptables -I INPUT 1"


def statistic_problems(host: Host) -> list[str]:
    """Why packets cannot be lost at random."""
    return _unless(
        f"{_IPTABLES} -m statistic --mode random --probability 0.5 -j DROP",
        f"host {host.name}: needs iptables' statistic match, which this kernel lacks; load the module xt_statistic",
    )


def queue_problems(host: Host) -> list[str]:
    """Why packets cannot be held back by a program."""
    return _unless(
        f"{_IPTABLES} -j NFQUEUE --queue-num 1 --queue-bypass",
        f"host {host.name}: needs iptables' NFQUEUE target, which this kernel lacks; load the modules xt_NFQUEUE and "
        "nfnetlink_queue",
    )


def bucket_problems(host: Host) -> list[str]:
    """Why a bandwidth cannot be limited."""
    return _unless(
        "ip link add archkit0 type veth peer name archkit1 && "
        "tc qdisc add dev archkit0 root tbf rate 1mbit burst 16kb latency 50ms",
        f"host {host.name}: needs the queueing discipline tbf, which this kernel lacks; load the module sch_tbf",
    )


def has_netem() -> bool:
    """Whether the kernel could delay packets by itself; the kit does not need it."""
    return _works("ip link add archkit0 type veth peer name archkit1 && tc qdisc add dev archkit0 root netem delay 1ms")


def _unless(script: str, problem: str) -> list[str]:
    return [] if _works(script) else [problem]


@lru_cache(maxsize=16)
def _works(script: str) -> bool:
    # The namespace ends with the shell, and with it all that was tried.
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", script], capture_output=True, timeout=30, start_new_session=True, check=False
    )
    return done.returncode == 0
