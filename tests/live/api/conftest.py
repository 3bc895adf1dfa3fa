"""The api design, deployed once for all tests of this package."""

from collections.abc import Callable
from contextlib import ExitStack

import httpx
import pytest

from archkit.bench import api as bench
from archkit.bench.deployment import Deployment, temporary

PRODUCT = {"name": "Steel bolt", "category": "bolts", "price_cents": 120}


@pytest.fixture(scope="package")
def api(checkout):
    with (
        ExitStack() as afterwards,
        temporary(checkout, "apitest", *bench.SETTINGS, source="api-local") as deployment,
    ):
        afterwards.callback(remove_images, deployment)  # once nothing runs on them any more
        deployment.up()
        deployment.wait_for_answer(path="/products")
        yield deployment


@pytest.fixture
def created(api: Deployment) -> Callable[..., httpx.Response]:
    """Makes a product, under an idempotency key and a sku."""

    def create(key: str, sku: str, **more: object) -> httpx.Response:
        product = {**PRODUCT, "sku": sku, **more}
        return httpx.post(f"{api.url}/products", json=product, headers={"idempotency-key": key}, timeout=10)

    return create


def remove_images(api: Deployment) -> None:
    """Those that a test built from the design's own."""
    for image in api.docker.images.list(filters={"label": f"archkit.stack={api.name}"}):
        api.docker.images.remove(image.id, force=True)
