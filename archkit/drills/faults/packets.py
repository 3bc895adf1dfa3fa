"""Packet filter rules in a container's network namespace, marked so that they can be found and removed.

`lo` is never filtered: the container's DNS (127.0.0.11) and its own health check live there.
"""

from __future__ import annotations

import ipaddress
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from archkit.drills.faults.host import FaultError, Host

_COMMANDS = {4: "iptables", 6: "ip6tables"}
_PREFIX = "archkit-"
_LINK_LOCAL = "20"
"""Scope of a link-local address in /proc/net/if_inet6; `10` is loopback."""


def incoming(verdict: str, *, peer: str = "") -> str:
    """A rule for what arrives from outside, from one peer only where one is named."""
    return f"-I INPUT 1 ! -i lo{f' -s {peer}' if peer else ''} {verdict}"


def outgoing(verdict: str, *, peer: str = "") -> str:
    """A rule for what leaves, to one peer only where one is named."""
    return f"-I OUTPUT 1 ! -o lo{f' -d {peer}' if peer else ''} {verdict}"


def add(host: Host, container: str, rules: Mapping[int, Iterable[str]], *, fault: str) -> None:
    """Puts rules in, all of one IP version in one transaction.

    Args:
        host: Where the container is.
        container: Its id.
        rules: By IP version (4, 6), as `incoming` and `outgoing` write them.
        fault: Id that the rules carry as a comment.

    Raises:
        FaultError: The kernel or the program refused.

    """
    for version, lines in rules.items():
        marked = [f'{line} -m comment --comment "{_PREFIX}{fault}"' for line in lines]
        text = "\n".join(["*filter", *marked, "COMMIT", ""])
        host.in_network(container, [f"{_COMMANDS[version]}-restore", "--noflush"], fault=fault, stdin=text)


def remove(host: Host, container: str, *, fault: str) -> int:
    """Takes out every rule that carries a fault's id; how many there were. A container without a process has none."""
    removed = 0
    for version, command in _COMMANDS.items():
        for rule in listed(host, container, version=version, fault=fault):
            words = ["-D", *shlex.split(rule)[1:]]
            host.in_network(container, [command, "--wait", *words], fault=fault)
            removed += 1
    return removed


def listed(host: Host, container: str, *, version: int = 4, fault: str = "") -> list[str]:
    """A container's rules of the kit, as `iptables -S` writes them; of one fault only where one is named."""
    if host.process(container) is None:
        return []
    try:
        text = host.in_network(container, [_COMMANDS[version], "--wait", "-S"], fault=fault)
    except FaultError:
        # It may have died between the two looks, and its rules with it. IPv6 may be off, and has no rules then.
        if version == 6 or host.process(container) is None:
            return []
        raise
    return [line for line in text.splitlines() if line.startswith("-A") and f"{_PREFIX}{fault}" in line]


def versions(host: Host, container: str) -> list[int]:
    """The IP versions that a container can be reached by: 6 only where it has an address beyond its own link."""
    pid = host.process(container)
    try:
        lines = Path(f"/proc/{pid}/net/if_inet6").read_text().splitlines()
    except OSError:
        return [4]
    return [4, 6] if any(line.split()[3] not in {"10", _LINK_LOCAL} for line in lines) else [4]


def peer_problems(peers: Iterable[str]) -> list[str]:
    """One text per peer that is no IP address or network."""
    problems: list[str] = []
    for peer in peers:
        try:
            ipaddress.ip_network(peer)
        except ValueError:
            problems.append(f"peer: must be an IP address or network (10.0.1.7, 10.0.1.0/24), got {peer!r}")
    return problems


def addresses(host: Host, container: str) -> tuple[str, ...]:
    """A container's IPv4 addresses, one for each of its networks: what `HalfCut` takes as peers."""
    found = host.container(container) or {}
    networks: Mapping[str, Mapping[str, str]] = found.get("NetworkSettings", {}).get("Networks") or {}
    return tuple(sorted(one["IPAddress"] for one in networks.values() if one.get("IPAddress")))
