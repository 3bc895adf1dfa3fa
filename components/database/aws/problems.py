"""What AWS, and a careful reviewer, would refuse of a database."""

from collections.abc import Iterator

from components.database.aws.identity import identifier
from components.database.contract import DatabaseArgs, Durability
from components.errors import unless, unsupported
from components.naming import Kind, auto_named, component_name, fixed
from components.settings import AwsSettings

READER = "-reader"


def problems(name: str, args: DatabaseArgs, settings: AwsSettings) -> Iterator[str | None]:
    """Everything that is wrong with a database on AWS, one line each."""
    path = f"database/{name}"
    yield component_name(path, name)
    yield fixed(path, f"{identifier(name)}{READER}", Kind.DB_CLUSTER)
    yield component_name(path, identifier(name))
    yield auto_named(path, f"{name}-member-{args.replicas + 1}", Kind.DB_CLUSTER)
    yield auto_named(path, f"{name}-pool-role", Kind.IAM_ROLE)
    if args.durability is Durability.ASYNCHRONOUS:
        reason = "Aurora commits to a quorum of its storage in three zones, always; leave it out"
        yield unsupported("aws", "database", name, "durability", reason)
    readers = settings.database.maximum_readers
    yield unless(
        readers is None or readers >= args.replicas,
        f"aws/database/maximum_readers: must be at least database/{name}/replicas {args.replicas}, got {readers}; "
        "scaling would otherwise begin above its limit",
    )
