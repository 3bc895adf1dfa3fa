"""A cache as an application sees it: by the variables of its link alone, whichever engine answers."""

import os
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import redis
from pymemcache.client.hash import HashClient
from redis.backoff import NoBackoff
from redis.retry import Retry


def client(name: str, *, seconds: float = 0.1, reader: bool = False):
    """A client with `get` and `set` of the cache that is linked as `name`: `CATALOGUE`.

    Args:
        name: The beginning of the variables.
        seconds: What connecting, and what each answer, may take.
        reader: Of replicas instead of the primary.

    """
    prefix = f"{name}_"
    told = {key.removeprefix(prefix): value for key, value in os.environ.items() if key.startswith(prefix)}
    made = {"rediss": _valkey, "memcached": _memcached}[urlsplit(told["URL"]).scheme]
    return made(told, "READER_" if reader else "", seconds)


def _valkey(told, role, seconds):
    return redis.Redis(
        host=told[f"{role}HOST"],
        port=int(told[f"{role}PORT"]),
        ssl=True,
        ssl_ca_certs=told["CA_FILE"],
        ssl_check_hostname=True,
        username=told["USER"],
        password=Path(told["PASSWORD_FILE"]).read_text(encoding="utf-8").strip(),
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )


def _memcached(told, _, seconds):
    nodes = [one.rpartition(":") for one in told["NODES"].split(",")]
    return HashClient(
        [(host, int(port)) for host, _, port in nodes],
        tls_context=ssl.create_default_context(cafile=told["CA_FILE"]),
        connect_timeout=seconds,
        timeout=seconds,
        # A node that is gone keeps its share of the keys: moved elsewhere, they would come back old.
        retry_attempts=0,
        dead_timeout=0,
        ignore_exc=False,
        use_pooling=True,
        default_noreply=False,
    )
