"""The CDN as edge locations and a shield in a swarm."""

from components.cdn.local.cdn import LocalCdn

__all__ = ["LocalCdn"]
