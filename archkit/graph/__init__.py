"""The resource graph: the one document that pictures, policies, sizing and tests read.

`graph.json` is sorted and redacted, and holds nothing that differs from run to run or from machine to
machine. Where each resource was written (`positions`) is kept beside the hashed part.
"""

from archkit.graph.model import SENTINEL, Graph, Position, Reference, Resource, canonical
from archkit.graph.redaction import SECRET, Redactor
from archkit.graph.relations import assert_feeds, feeds, uses
from archkit.graph.version import VERSION

__all__ = [
    "SECRET",
    "SENTINEL",
    "VERSION",
    "Graph",
    "Position",
    "Redactor",
    "Reference",
    "Resource",
    "assert_feeds",
    "canonical",
    "feeds",
    "uses",
]
