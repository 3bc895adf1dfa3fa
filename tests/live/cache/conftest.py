"""The caches that this package's tests share."""

import pytest

from archkit.bench.cache_stack import deployed_caches


@pytest.fixture(scope="package")
def caches():
    """Both engines of the cache and an application that is linked to them; of their end nothing is left."""
    with deployed_caches() as made:
        yield made
        assert made.left_behind(), "what is not seen cannot be missed"
    assert made.left_behind() == []
