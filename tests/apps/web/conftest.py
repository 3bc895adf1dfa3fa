"""The application as its image holds it: importable as `webapp`, and a client that needs no socket."""

import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[3] / "stacks" / "apps" / "web"))
sys.path.insert(0, str(Path(__file__).parents[3] / "stacks" / "apps" / "shared"))

from appkit.lifecycle import Lifecycle
from appkit.settings import Settings
from webapp.application import application


@pytest.fixture
def lifecycle() -> Lifecycle:
    return Lifecycle()


@pytest.fixture
def client(lifecycle):
    """A started replica."""
    with TestClient(application(Settings(replica="2", zone="b<c"), lifecycle)) as started:
        yield started
