"""HTTP workloads and the client below them."""

from archkit.drills.load.http.client import ClientArgs
from archkit.drills.load.http.workloads import HttpReads, HttpWrites

__all__ = ["ClientArgs", "HttpReads", "HttpWrites"]
