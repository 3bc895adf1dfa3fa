"""Images reach every zone: a zone has no route out and cannot build or pull."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryFile
from typing import IO

import docker
from docker.errors import ImageNotFound

from archkit.errors import UserError
from archkit.lab import power, swarm
from archkit.lab.layout import Lab, Zone


def spread(lab: Lab, images: Sequence[str], source: docker.DockerClient) -> list[str]:
    """Copies images from a daemon into every zone that is on and lacks them; gives those that were copied.

    Args:
        lab: Where to.
        images: Tags, as the source knows them.
        source: The daemon that built them.

    Raises:
        UserError: The source does not have one of them.

    """
    on = [zone for zone in lab.zones if power.is_on(zone)]
    lacking = {zone: [image for image in images if not _has(swarm.connect(zone), image)] for zone in on}
    wanted = sorted({image for missing in lacking.values() for image in missing})
    for image in wanted:
        _copy(image, [zone for zone in on if image in lacking[zone]], source)
    return wanted


def _copy(image: str, zones: Sequence[Zone], source: docker.DockerClient) -> None:
    try:
        chunks = source.images.get(image).save(named=image)
    except ImageNotFound as error:
        message = f"lab: image {image!r} must be on this machine's own daemon before it is copied into zones, got none"
        raise UserError(message) from error
    with TemporaryFile() as archive:
        for chunk in chunks:
            archive.write(chunk)
        archive.flush()  # each zone opens the file anew, and would miss the end
        with ThreadPoolExecutor() as pool:
            list(pool.map(_load, zones, [archive] * len(zones)))


def _load(zone: Zone, archive: IO[bytes]) -> None:
    """Each reader has a position of its own: the file is opened anew for each zone."""
    with open(f"/proc/self/fd/{archive.fileno()}", "rb") as own:  # noqa: PTH123 - a descriptor, not a path
        swarm.connect(zone).images.load(own)


def _has(client: docker.DockerClient, image: str) -> bool:
    try:
        client.images.get(image)
    except ImageNotFound:
        return False
    return True
