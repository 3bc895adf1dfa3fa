"""What the templates show, and the files that come of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from components.cache.contract import ACCESS, USER, CacheArgs
from components.cache.local import layout
from components.cache.local.layout import Layout
from components.secrets import Derived
from components.templating import render

STOP_SECONDS = 5  # of the proxy: how long connections may last once it is told to stop
CLIENTS = 2000
# What Sentinel needs of a member: valkey.io, "High availability with Valkey Sentinel", "Access Control List".
_SENTINEL_OF_MEMBER = (
    "resetkeys resetchannels &__sentinel__:hello -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +role "
    "+publish +info +client|setname +client|kill +script|kill"
)
_SENTINEL_OF_SENTINEL = (
    "resetkeys resetchannels &__sentinel__:hello -@all +ping +publish +client|setname "
    "+sentinel|is-master-down-by-addr +sentinel|get-master-addr-by-name"
)
_MEMBER_OF_MEMBER = "resetkeys resetchannels -@all +psync +replconf +ping +role"
_MEMBER_OF_SENTINEL = "resetkeys resetchannels -@all +ping +sentinel|get-master-addr-by-name +sentinel|failover"
_PROBE = "resetkeys resetchannels -@all +role"


@dataclass(frozen=True, kw_only=True)
class MemberView:
    """What `valkey.conf.j2` shows."""

    name: str
    memory_mebibytes: int
    eviction: str
    port: int = layout.MEMBER_PORT
    clients: int = CLIENTS + 100  # the proxies' and some for the cache's own servers
    authority: str = layout.AUTHORITY_FILE
    certificate: str = layout.CERTIFICATE_FILE
    users: str = layout.USERS_FILE


@dataclass(frozen=True, kw_only=True)
class SentinelView:
    """What `sentinel.conf.j2` shows."""

    name: str
    identity: str
    port: int = layout.SENTINEL_PORT
    member_port: int = layout.MEMBER_PORT
    quorum: int = layout.QUORUM
    authority: str = layout.AUTHORITY_FILE
    certificate: str = layout.CERTIFICATE_FILE
    users: str = layout.USERS_FILE


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody who may connect, by the SHA-256 of a password that cannot be guessed."""

    name: str
    digest: str
    rules: str


@dataclass(frozen=True, kw_only=True)
class UsersView:
    """What `users.acl.j2` shows."""

    users: Sequence[User]


@dataclass(frozen=True, kw_only=True)
class Backend:
    """Members in one role.

    Args:
        name: HAProxy's.
        why: What it is for.
        answer: What `ROLE` has to answer.
        pace: How often it is asked.

    """

    name: str
    why: str
    answer: str
    pace: str


BACKENDS = (
    Backend(
        name="followed",
        why="The primary that a replica follows.",
        answer=r"(?s)OK.+master\s+:[0-9]+\s+[*][1-9]",
        pace="inter 500ms fastinter 100ms downinter 250ms",
    ),
    Backend(
        name="alone",
        why="A primary without replicas: reads only, since Valkey then refuses writes.",
        answer=r"(?s)OK.+master\s+:[0-9]+\s+[*]0",
        pace="inter 1s fastinter 250ms",
    ),
    Backend(
        name="replicas",
        why="Replicas that follow.",
        answer=r"(?s)OK.+slave\s.+\s[$]9\s+connected\s",
        pace="inter 1s fastinter 250ms",
    ),
)


@dataclass(frozen=True, kw_only=True)
class ProxyView:
    """What `haproxy.cfg.j2` shows."""

    name: str
    hosts: Sequence[str]
    backends: Sequence[Backend] = BACKENDS
    clients: int = CLIENTS
    user: str = layout.PROBE
    authority: str = layout.AUTHORITY_FILE
    common_name: str = layout.COMMON_NAME
    member_port: int = layout.MEMBER_PORT
    primary_port: int = layout.PRIMARY_PORT
    reader_port: int = layout.READER_PORT
    internal_port: int = layout.PROXY_INTERNAL_PORT
    stop_seconds: int = STOP_SECONDS


def render_member(args: CacheArgs, names: Layout) -> str:
    """The text of every member's `valkey.conf`; no secret is in it."""
    return render(
        __file__,
        "valkey.conf.j2",
        MemberView(
            name=names.component,
            memory_mebibytes=args.memory_mebibytes,
            eviction=args.effective_eviction.value,
        ),
    )


def render_sentinel(names: Layout, part: str) -> str:
    """The text of one Sentinel's `sentinel.conf`; no secret is in it."""
    host = names.host(part)
    return render(
        __file__,
        "sentinel.conf.j2",
        SentinelView(
            name=names.component,
            identity=hashlib.sha256(host.encode()).hexdigest()[:40],
        ),
    )


def render_member_users(secrets: Derived) -> str:
    """The text of a member's `users.acl`: who may do what. No password is in it."""
    rules = {
        USER: ACCESS,
        layout.MEMBER: _MEMBER_OF_MEMBER,
        layout.SENTINEL: _SENTINEL_OF_MEMBER,
        layout.PROBE: _PROBE,
    }
    return render(__file__, "users.acl.j2", UsersView(users=[_user(secrets, *one) for one in rules.items()]))


def render_sentinel_users(secrets: Derived) -> str:
    """The text of a Sentinel's `users.acl`: no application is among them."""
    rules = {layout.MEMBER: _MEMBER_OF_SENTINEL, layout.SENTINEL: _SENTINEL_OF_SENTINEL}
    return render(__file__, "users.acl.j2", UsersView(users=[_user(secrets, *one) for one in rules.items()]))


def render_proxy(names: Layout) -> str:
    """The text of the proxy's `haproxy.cfg`."""
    return render(__file__, "haproxy.cfg.j2", ProxyView(name=names.component, hosts=names.member_hosts))


def render_probe(secrets: Derived) -> str:
    """What the proxy reads before its `haproxy.cfg`: the password that it asks members by."""
    return f"global\n    presetenv CACHE_PASSWORD {secrets.password(layout.PROBE)}\n"


def _user(secrets: Derived, name: str, rules: str) -> User:
    return User(name=name, digest=hashlib.sha256(secrets.password(name).encode()).hexdigest(), rules=rules)
