"""A slow network: each packet late, or few at a time."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any, ClassVar

from archkit.drills.faults import packets
from archkit.drills.faults.container import ContainerFault
from archkit.drills.faults.host import FaultError, Host, end_processes, tagged
from archkit.drills.faults.kernel import bucket_problems, queue_problems

_HANDLE = "ac17:"
_MIN_BITS_PER_SECOND = 8_000
_BURST_BYTES = 16_384
"""More than one full packet, so that any rate passes; less than a TCP window, so that the limit is felt."""
_QUEUE_MILLISECONDS = 200


@dataclass(frozen=True, kw_only=True)
class Slow(ContainerFault):
    """Delays what a container is sent, limits what it may send, or both.

    Latency: packets that arrive are held back by a small process through the kernel's NFQUEUE, connections that
    are open already included; if that process dies, packets pass. Bandwidth: `tc tbf` on each of the container's
    interfaces, towards its peers. The kernel's own `netem` is not needed: many kernels come without it.

    Args:
        latency_milliseconds: Added to each packet that arrives, so once to each round trip; 0 to 10 000.
        bandwidth_bits_per_second: What it may send, from 8 000; 0 is no limit.

    """

    kind: ClassVar[str] = "slow"

    latency_milliseconds: float = 0
    bandwidth_bits_per_second: int = 0

    def check(self) -> list[str]:
        problems: list[str] = []
        if not 0 <= self.latency_milliseconds <= 10_000:
            problems.append(f"slow/latency_milliseconds: must be 0 to 10000, got {self.latency_milliseconds}")
        if self.bandwidth_bits_per_second and self.bandwidth_bits_per_second < _MIN_BITS_PER_SECOND:
            problems.append(
                f"slow/bandwidth_bits_per_second: must be 0 or from {_MIN_BITS_PER_SECOND}, got "
                f"{self.bandwidth_bits_per_second}; below that it is a cut"
            )
        if not self.latency_milliseconds and not self.bandwidth_bits_per_second:
            problems.append("slow: needs a latency or a bandwidth, got neither; it would change nothing")
        problems += super().check()
        return problems or self._machine_problems()

    def _machine_problems(self) -> list[str]:
        problems = self.host.network_problems(self.container, "iptables", "iptables-restore", "ip", "tc", "unshare")
        if problems:
            return problems
        if self.latency_milliseconds:
            problems += queue_problems(self.host)
        if self.bandwidth_bits_per_second:
            problems += bucket_problems(self.host)
            problems += [
                f"{self.victim}: its interface {one['dev']} has a queueing discipline of its own ({one['kind']}), "
                "which a limit would replace"
                for one in _disciplines(self.host, self.container, self.id)
                if one["kind"] != "noqueue" and one.get("root")
            ]
        return problems

    def inject(self) -> None:
        if self.bandwidth_bits_per_second:
            for device in sorted({one["dev"] for one in _disciplines(self.host, self.container, self.id)}):
                limit = f"rate {self.bandwidth_bits_per_second}bit burst {_BURST_BYTES} latency {_QUEUE_MILLISECONDS}ms"
                command = f"tc qdisc add dev {device} root handle {_HANDLE} tbf {limit}"
                self.host.in_network(self.container, command.split(), fault=self.id)
        if self.latency_milliseconds:
            self._delay()

    def _delay(self) -> None:
        """Starts the process that holds packets back, and only then sends it packets."""
        queue = int(self.id[:4], 16)
        module = [sys.executable, "-m", "archkit.drills.faults.delayer", str(queue), str(self.latency_milliseconds)]
        process = subprocess.Popen(
            [*self.host.network_prefix(self.container), *module],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=tagged(self.id),
        )
        assert process.stdout is not None
        with process.stdout as said:
            ready, _, _ = select.select([said], [], [], 20)
            line = said.readline().decode() if ready else "no answer within 20 s"
        if line.strip() != "ready":
            process.kill()
            process.wait()
            message = f"{self.victim}: the process that delays packets did not start: {line.strip()}"
            raise FaultError(message)
        # A listener that is gone lets packets pass: `--queue-bypass`.
        rule = packets.incoming(f"-j NFQUEUE --queue-num {queue} --queue-bypass")
        rules = {version: [rule] for version in packets.versions(self.host, self.container)}
        packets.add(self.host, self.container, rules, fault=self.id)

    def heal(self) -> None:
        if packets.remove(self.host, self.container, fault=self.id):
            # What waits in the queue is still delivered before its process ends.
            time.sleep(self.latency_milliseconds / 1000 + 0.05)
        end_processes(self.id)
        if not self.bandwidth_bits_per_second:
            return
        for one in _disciplines(self.host, self.container, self.id):
            if one["handle"] == _HANDLE:
                command = f"tc qdisc del dev {one['dev']} root handle {_HANDLE}"
                self.host.in_network(self.container, command.split(), fault=self.id)

    def describe(self) -> str:
        parts: list[str] = []
        if self.latency_milliseconds:
            parts.append(f"{self.latency_milliseconds:g} ms late on each packet it is sent")
        if self.bandwidth_bits_per_second:
            parts.append(f"{self.bandwidth_bits_per_second / 1e6:g} Mbit/s for what it sends")
        return f"makes {self.victim}'s network slow: {', '.join(parts)}"


def _disciplines(host: Host, container: str, fault: str) -> list[dict[str, Any]]:
    """The queueing disciplines of a container's interfaces, but for `lo`; none once its process is gone."""
    if host.process(container) is None:
        return []
    try:
        found: list[dict[str, Any]] = json.loads(
            host.in_network(container, ["tc", "-json", "qdisc", "show"], fault=fault) or "[]"
        )
    except FaultError:
        if host.process(container) is None:
            return []
        raise
    return [one for one in found if one["dev"] != "lo"]
