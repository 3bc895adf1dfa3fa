"""Answers at the edge: caches what may be kept, and passes the rest to its origins."""

from components.cdn.behaviour import Behaviour, CacheKey, Methods, Ttl
from components.cdn.contract import Cdn, CdnArgs
from components.cdn.parts import ErrorPage, OriginGroup, RateLimit, SecurityHeaders, SigningKey
from components.domain import Domain

__all__ = [
    "Behaviour",
    "CacheKey",
    "Cdn",
    "CdnArgs",
    "Domain",
    "ErrorPage",
    "Methods",
    "OriginGroup",
    "RateLimit",
    "SecurityHeaders",
    "SigningKey",
    "Ttl",
]
