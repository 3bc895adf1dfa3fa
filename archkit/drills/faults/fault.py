"""What every fault is: a value that can be written down, made, and undone by another process.

A fault's fields are all that healing needs. `prepared()` looks at the system and gives a copy that also holds
what was true before (limits, replicas, images); that copy goes into the journal before anything is touched.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self, cast

from archkit.drills.faults.host import FaultError, Host

KINDS: dict[str, type[Fault]] = {}
"""Every kind of fault by the name that the journal knows it by."""


def new_id() -> str:
    """A name for one fault that no other has: 12 hexadecimal digits."""
    return secrets.token_hex(6)


@dataclass(frozen=True, kw_only=True)
class Fault(ABC):
    """Something that goes wrong, on purpose and for a while.

    Args:
        host: Where.
        id: Marks all that this fault leaves in the system: rules, processes, labels, files.

    """

    kind: ClassVar[str] = ""

    host: Host = field(default_factory=Host)
    id: str = field(default_factory=new_id)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.kind:
            KINDS[cls.kind] = cls

    @abstractmethod
    def check(self) -> list[str]:
        """Why this fault cannot be made here: one text per problem, nothing touched."""

    @abstractmethod
    def inject(self) -> None:
        """Makes it.

        Raises:
            FaultError: It could not be made, or only in part; `heal` undoes that part.

        """

    @abstractmethod
    def heal(self) -> None:
        """Undoes it: as often as asked, from any process, whatever is left of the victim.

        Raises:
            FaultError: It could not be undone.

        """

    @abstractmethod
    def describe(self) -> str:
        """What it does, as an end of the sentence "the drill ..."."""

    def prepared(self) -> Self:
        """A copy that holds what healing must know; nothing is changed yet.

        Raises:
            FaultError: The state before cannot be read.

        """
        return self


def to_document(fault: Fault) -> dict[str, Any]:
    """A fault as plain data, for the journal."""
    plain: dict[str, Any] = {}
    for one in fields(fault):
        if one.metadata.get("transient"):
            continue
        value = getattr(fault, one.name)
        plain[one.name] = {key.name: getattr(value, key.name) for key in fields(value)} if one.name == "host" else value
    return {"kind": fault.kind, **plain}


def from_document(document: Mapping[str, Any], **transient: Any) -> Fault:
    """The fault that a journal entry holds.

    Args:
        document: What `to_document` gave.
        transient: Values of fields that no journal can hold, by name; those a fault does not have are left out.

    Raises:
        FaultError: No such kind: a newer archkit wrote it, or an extension that is not installed.

    """
    values: dict[str, Any] = dict(document)
    kind = str(values.pop("kind", ""))
    if kind not in KINDS:
        message = f"fault {kind!r}: unknown here; it was made by another version of archkit, or by an extension"
        raise FaultError(message)
    made = KINDS[kind]
    known = {one.name: one for one in fields(made)}
    values = {name: _frozen(value) for name, value in values.items()}
    values["host"] = Host(**values.get("host", {}))
    values |= {name: value for name, value in transient.items() if name in known and known[name].metadata}
    return made(**{name: value for name, value in values.items() if name in known})


def _frozen(value: Any) -> Any:
    """A value as fields hold it: JSON knows lists only."""
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value
