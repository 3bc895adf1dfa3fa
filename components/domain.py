"""The name under which the world knows a design."""

from dataclasses import dataclass

from components.errors import refuse, unless


@dataclass(frozen=True, kw_only=True)
class Domain:
    """The name under which the world knows a design.

    Args:
        name: Fully qualified: `www.example.org`.
        zone: The DNS zone that holds it: `example.org`; certificates are validated there.

    """

    name: str
    zone: str

    def __post_init__(self) -> None:
        refuse(
            [
                unless(
                    self.name == self.zone or self.name.endswith(f".{self.zone}"),
                    f"domain/name: must be {self.zone!r} or below it, got {self.name!r}; "
                    "the certificate is validated by a record in that zone",
                )
                if self.zone
                else f"domain/zone: must be a DNS zone, got ''; {self.name!r} needs one, "
                "since its certificate is validated by a record there",
            ]
        )
