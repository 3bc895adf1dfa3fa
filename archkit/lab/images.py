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

COPY_SECONDS = 600  # seconds on a quiet machine; minutes where three daemons write to one slow disk
_CHUNK = 1 << 20


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
    # Zones that lack the same get it in one archive: images share their base, which is most of each.
    together: dict[tuple[str, ...], list[Zone]] = {}
    for zone, missing in lacking.items():
        if missing:
            together.setdefault(tuple(missing), []).append(zone)
    for missing, zones in together.items():
        _copy(missing, zones, source)
    return sorted({image for missing in together for image in missing})


def _copy(images: Sequence[str], zones: Sequence[Zone], source: docker.DockerClient) -> None:
    for image in images:
        _refuse_absent(image, source)
    saved = source.api.get(
        f"{source.api.base_url}/images/get", params={"names": list(images)}, stream=True, timeout=COPY_SECONDS
    )
    saved.raise_for_status()
    with TemporaryFile() as archive:
        for chunk in saved.iter_content(_CHUNK):
            archive.write(chunk)
        archive.flush()  # each zone opens the file anew, and would miss the end
        with ThreadPoolExecutor() as pool:
            list(pool.map(_load, zones, [archive] * len(zones)))


def _refuse_absent(image: str, source: docker.DockerClient) -> None:
    if not _has(source, image):
        message = f"lab: image {image!r} must be on this machine's own daemon before it is copied into zones, got none"
        raise UserError(message)


def _load(zone: Zone, archive: IO[bytes]) -> None:
    """Each reader has a position of its own: the file is opened anew for each zone."""
    with open(f"/proc/self/fd/{archive.fileno()}", "rb") as own:  # noqa: PTH123 - a descriptor, not a path
        swarm.connect(zone, timeout=COPY_SECONDS).images.load(own)


def _has(client: docker.DockerClient, image: str) -> bool:
    try:
        client.images.get(image)
    except ImageNotFound:
        return False
    return True
