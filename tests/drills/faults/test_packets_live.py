"""Cut, half-cut, lossy, slow: what a client outside and the container itself notice, and that nothing of it stays."""

import json
import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from archkit.drills.faults import Cut, Fault, HalfCut, Host, Lossy, Slow, packets
from archkit.drills.faults.host import TAG
from archkit.drills.injection import injected
from archkit.drills.journal import Journal

PORT = 7000
MEGABYTE = 2**20

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(os.geteuid() != 0, reason="a container's network namespace opens to root only"),
]


def ask(victims: Any, container: str, address: str) -> bool:
    """Whether the container gets an answer from a server at an address."""
    script = (
        f"import socket\nc = socket.create_connection(('{address}', {PORT}), timeout=1)\nc.settimeout(1)\n"
        "c.sendall(b'hello')\nassert c.recv(9)"
    )
    return victims.client.containers.get(container).exec_run(["python3", "-c", script]).exit_code == 0


def disciplines(host: Host, container: str) -> list[str]:
    found = json.loads(host.in_network(container, ["tc", "-json", "qdisc", "show"], fault="test"))
    return [one["kind"] for one in found]


def processes_of(fault: Fault) -> list[str]:
    wanted = f"{TAG}={fault.id}".encode()
    found: list[str] = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in environment.read_bytes().split(b"\0"):
                found.append(environment.parent.name)
        except OSError:
            continue
    return found


def nothing_is_left(host: Host, container: str, fault: Fault) -> None:
    for command in ("iptables", "ip6tables"):
        rules = host.in_network(container, [f"{command}-save"], fault="test")
        assert "archkit" not in rules, "a rule that stays is a fault that nobody made"
    assert set(disciplines(host, container)) == {"noqueue"}
    assert processes_of(fault) == []


def test_a_cut_container_hears_nothing_but_itself_and_all_comes_back(
    victims: Any, host: Host, journal: Journal, reply: Any
) -> None:
    container, other = victims.container(), victims.container()
    address, elsewhere = victims.address(container), victims.address(other)
    assert ask(victims, container, elsewhere)
    fault = Cut(host=host, container=container)

    with injected(fault, journal=journal):
        assert reply(address) is None
        assert not ask(victims, container, elsewhere)
        assert ask(victims, container, "127.0.0.1"), "lo stays up: the container's DNS and health check live there"
        assert ask(victims, container, address), "its own address is reached through lo"
    assert reply(address) is not None
    assert ask(victims, container, elsewhere)
    nothing_is_left(host, container, fault)


def test_a_cut_reaches_connections_that_were_open_before(victims: Any, host: Host, journal: Journal) -> None:
    container = victims.container()
    with socket.create_connection((victims.address(container), PORT), timeout=2) as connection:
        connection.sendall(b"one")
        assert connection.recv(9) == b"one"
        with injected(Cut(host=host, container=container), journal=journal):
            connection.sendall(b"two")
            with pytest.raises(TimeoutError):
                connection.recv(9)
        connection.settimeout(20)
        assert connection.recv(9) == b"two", "TCP sends again what a cut swallowed"


@pytest.mark.parametrize(("direction", "chain"), [("in", "INPUT"), ("out", "OUTPUT")])
def test_half_a_cut_drops_one_direction(
    direction: str, chain: str, victims: Any, host: Host, journal: Journal, reply: Any
) -> None:
    container = victims.container()
    fault = HalfCut(host=host, container=container, direction=direction)
    with injected(fault, journal=journal):
        assert reply(victims.address(container)) is None
        (rule,) = packets.listed(host, container, fault=fault.id)
        assert rule.startswith(f"-A {chain} ")
    nothing_is_left(host, container, fault)


def test_a_cut_from_one_peer_leaves_the_others_alone(victims: Any, host: Host, journal: Journal, reply: Any) -> None:
    container, enemy, friend = victims.container(), victims.container(), victims.container()
    peers = packets.addresses(host, enemy)
    fault = HalfCut(host=host, container=container, direction="both", peers=peers)
    with injected(fault, journal=journal):
        address = victims.address(container)
        assert not ask(victims, enemy, address)
        assert not ask(victims, container, victims.address(enemy))
        assert ask(victims, friend, address)
        assert reply(address) is not None
    assert ask(victims, enemy, victims.address(container))
    nothing_is_left(host, container, fault)


def test_a_lossy_line_loses_about_as_many_packets_as_it_should(victims: Any, host: Host, journal: Journal) -> None:
    container = victims.container()
    address = victims.address(container)
    fault = Lossy(host=host, container=container, loss=0.3)
    with injected(fault, journal=journal):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            for _ in range(1000):
                datagrams.sendto(b"x", (address, 9))
        time.sleep(0.2)
        counted = host.in_network(container, ["iptables", "-L", "INPUT", "-v", "-x", "-n"], fault="test")
        dropped = next(int(line.split()[0]) for line in counted.splitlines() if "archkit-" in line)
    assert 230 <= dropped <= 370, "1000 packets at 0.3: five standard deviations around 300"
    nothing_is_left(host, container, fault)


def test_latency_is_added_once_to_each_round_trip_and_to_open_connections_too(
    victims: Any, host: Host, journal: Journal
) -> None:
    container = victims.container()

    def round_trip(connection: socket.socket) -> float:
        began = time.monotonic()
        connection.sendall(b"hello")
        assert connection.recv(9) == b"hello"
        return time.monotonic() - began

    fault = Slow(host=host, container=container, latency_milliseconds=150)
    with socket.create_connection((victims.address(container), PORT), timeout=5) as connection:
        assert min(round_trip(connection) for _ in range(3)) < 0.1
        with injected(fault, journal=journal):
            assert processes_of(fault)
            times = [round_trip(connection) for _ in range(5)]
        assert 0.15 <= min(times) < 0.3, "not less than asked for, and not twice as much"
        assert min(round_trip(connection) for _ in range(3)) < 0.1
    nothing_is_left(host, container, fault)


def test_a_delayer_that_dies_lets_packets_pass(victims: Any, host: Host, journal: Journal, reply: Any) -> None:
    container = victims.container()
    fault = Slow(host=host, container=container, latency_milliseconds=400)
    with injected(fault, journal=journal):
        assert (reply(victims.address(container), timeout=5) or 0) >= 0.4
        for process in processes_of(fault):
            os.kill(int(process), 9)
        time.sleep(0.3)
        assert (reply(victims.address(container), timeout=5) or 9) < 0.3, "a fault must not become another one"
    nothing_is_left(host, container, fault)


def test_bandwidth_is_limited_and_given_back(victims: Any, host: Host, journal: Journal) -> None:
    container = victims.container()
    address = victims.address(container)

    def seconds() -> float:
        began = time.monotonic()
        with socket.create_connection((address, PORT), timeout=30) as connection:
            connection.sendall(b"megabyte")
            left = MEGABYTE
            while left:
                left -= len(connection.recv(65536))
        return time.monotonic() - began

    fault = Slow(host=host, container=container, bandwidth_bits_per_second=4_000_000)
    with injected(fault, journal=journal):
        limited = seconds()
    assert 1.8 <= limited < 6, f"8.4 Mbit at 4 Mbit/s take 2.1 s and some retransmissions, got {limited:.1f} s"
    assert seconds() < 1
    nothing_is_left(host, container, fault)


def test_a_cut_container_that_dies_takes_its_rules_along(victims: Any, host: Host, journal: Journal) -> None:
    container = victims.container()
    with injected(Cut(host=host, container=container), journal=journal):
        host.api.kill(container)
    assert journal.entries() == []
