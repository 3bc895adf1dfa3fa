"""What the scenarios of the edge share: which CDN, and clients that know its locations."""

from __future__ import annotations

from archkit.drills.deployed import Deployed
from archkit.drills.load import ClientArgs
from archkit.drills.scenarios import requirements
from components.cdn.local.authority import AUTHORITY_FILE, HOSTS
from components.cdn.local.server import EDGE_ROLE

__all__ = ["EDGE_ROLE", "cdn", "client", "needs"]


def cdn(deployed: Deployed) -> str:
    """The design's CDN."""
    return deployed.components("cdn")[0]


def needs(deployed: Deployed) -> str | None:
    """A CDN with its key at hand, and a path that it keeps."""
    if missing := requirements.has(deployed, "cdn"):
        return missing
    if not deployed.cached_path or not deployed.edges:
        return "needs a path that the CDN keeps: the design's output `cached_path`"
    if not (deployed.keys / cdn(deployed) / AUTHORITY_FILE).exists():
        return f"needs the CDN's authority in {deployed.keys}; drill from the checkout that deployed the stack"
    return None


def client(deployed: Deployed, *, timeout_seconds: float) -> ClientArgs:
    """A client that knows every location, trusts the stack's own authority and nobody else."""
    return ClientArgs(
        addresses=deployed.edges,
        timeout_seconds=timeout_seconds,
        connect_timeout_seconds=timeout_seconds / 2,  # time is left for the other address
        tls=True,
        ca_file=str(deployed.keys / cdn(deployed) / AUTHORITY_FILE),
        server_name=HOSTS[0],
    )
