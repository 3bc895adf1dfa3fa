"""The words of the model: what nodes, boxes and arrows can be, free of vendors."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a node is, free of vendors; a view picks colours and places by it."""

    USERS = "users"
    DNS = "dns"
    CDN = "cdn"
    LOAD_BALANCER = "load-balancer"
    API_GATEWAY = "api-gateway"
    NAT = "nat"
    SERVICE = "service"  # an autoscaling group, an ECS or Swarm service, a set of instances
    INSTANCE = "instance"  # one machine or one container
    FUNCTION = "function"
    JOB = "job"
    DATABASE = "database"
    PROXY = "proxy"  # a connection pool in front of a database
    CACHE = "cache"
    QUEUE = "queue"
    TOPIC = "topic"
    STREAM = "stream"
    EVENT_BUS = "event-bus"
    BUCKET = "bucket"
    FILE_SYSTEM = "file-system"
    VOLUME = "volume"
    REGISTRY = "registry"
    BACKUP_VAULT = "backup-vault"
    COORDINATION = "coordination"  # etcd, Sentinel: a quorum that decides who leads
    CONTROLLER = "controller"
    IDENTITY = "identity"
    SECRET = "secret"  # noqa: S105 - a kind, not a password
    KEY = "key"
    ALARM = "alarm"
    METRICS = "metrics"
    LOGS = "logs"
    ENDPOINT = "endpoint"  # a private door to a provider's service
    EXTERNAL = "external"  # named by the program, not made by it
    UNKNOWN = "unknown"


class ContainerKind(StrEnum):
    """Boxes, from the outside in: cloud > region > vpc > tier > subnet; or host > tier. Zones are columns."""

    CLOUD = "cloud"
    REGION = "region"
    VPC = "vpc"
    TIER = "tier"
    SUBNET = "subnet"
    ZONE = "zone"
    HOST = "host"  # a Docker Engine or a whole swarm
    OVERLAY_NETWORK = "overlay-network"
    CLUSTER = "cluster"
    EXTERNAL_SITE = "external-site"


class Tier(StrEnum):
    """Rows of the deployment view, in the order of traffic."""

    OUTSIDE = "outside"
    EDGE = "edge"
    PUBLIC = "public"
    PRIVATE = "private"
    DATA = "data"
    STORAGE = "storage"
    MANAGEMENT = "management"


class EdgeKind(StrEnum):
    """What flows; the arrow points the way it flows (a backup: from the data to the vault)."""

    TRAFFIC = "traffic"
    DNS = "dns"
    GRANT = "grant"
    EVENT = "event"
    REPLICATION = "replication"
    BACKUP = "backup"
    TELEMETRY = "telemetry"


class Placement(StrEnum):
    """How sure the zones of a node are; `Node.zone_note` says it in words."""

    NONE = "none"  # has no zone: regional or global
    IN = "in"  # runs in each of `zones`
    MAY = "may"  # may be in any of `zones`: a subnet group says no more
    CHOSEN = "chosen"  # the provider or scheduler chooses; `zones` may be empty


class Change(StrEnum):
    """What a preview or a comparison says of a part."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"


class How(StrEnum):
    """How the picture accounts for a resource."""

    DRAWN = "drawn"  # a node
    CONTAINER = "container"
    BADGE = "badge"
    EDGE = "edge"
    FOLDED = "folded"  # a detail of what `Account.id` names
