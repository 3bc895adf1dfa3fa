"""Names and addresses of the lab are its own."""

import pytest

from archkit.errors import UserError
from archkit.lab import Lab, requirements


def _without_dockerd(name: str) -> str | None:
    return None if name == "dockerd" else f"/usr/bin/{name}"


def test_each_zone_has_an_address_a_namespace_and_a_folder_of_its_own() -> None:
    zones = Lab().zones
    for of in ("name", "address", "namespace", "root", "cable", "hostname", "docker_host"):
        assert len({getattr(zone, of) for zone in zones}) == len(zones), f"two zones share their {of}"


def test_a_cables_name_fits_what_the_kernel_takes() -> None:
    assert all(len(zone.cable) <= 15 for zone in Lab().zones), "IFNAMSIZ of Linux"


def test_a_zone_is_found_by_its_letter_and_by_its_hosts_name() -> None:
    lab = Lab()
    assert lab.zone("b") == lab.zone("zone-b") == lab.zones[1]


def test_an_unknown_zone_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match="zone: must be one of a, b, c, got 'd'"):
        Lab().zone("d")


def test_without_root_the_lab_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements.os, "geteuid", lambda: 1000)
    assert requirements.problems(Lab()) == [
        "lab: needs root, got another user; it makes network namespaces and Docker daemons: `sudo archkit lab up`"
    ]


def test_on_another_system_the_lab_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements.sys, "platform", "darwin")
    assert requirements.problems(Lab()) == [
        "lab: needs Linux, whose namespaces are the zones; designs and tests run without it"
    ]


def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements.os, "geteuid", lambda: 0)
    monkeypatch.setattr(requirements.shutil, "which", _without_dockerd)
    assert requirements.problems(Lab()) == ["lab: needs the program dockerd, got none; install the package docker.io"]


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ("netns", ["lab: needs network namespaces, and the kernel or the container around this shell refuses them"]),
        (
            "vxlan",
            ["lab: needs network devices of type vxlan, and the kernel refuses them; load its module on the host"],
        ),
    ],
)
def test_what_the_kernel_refuses_is_said_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, refused: str, told: list[str]
) -> None:
    called: list[tuple[str, ...]] = []
    monkeypatch.setattr(requirements.os, "geteuid", lambda: 0)
    monkeypatch.setattr(requirements.sys, "platform", "linux")
    monkeypatch.setattr(requirements.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(requirements, "succeeds", lambda *command: refused not in command)
    monkeypatch.setattr(requirements, "call", lambda *command, check=True: called.append(command))

    assert requirements.problems(Lab()) == told
    assert all("del" in command for command in called), "the probe is taken away again"
