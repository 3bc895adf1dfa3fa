"""Where the servers of one database stand, and what all of them are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.connect import Component
from components.database.contract import DatabaseArgs
from components.database.local.archive import Archiving
from components.database.local.layout import Layout
from components.database.local.material import Material
from components.profile import Profile
from components.settings import LocalSettings
from components.volumes import Volume, member_volume


@dataclass(frozen=True, kw_only=True)
class Site:
    """What each server of a database needs to know of the whole.

    Args:
        database: The component that they belong to.
        args: What the design asks for.
        settings: The target's.
        names: Of servers, ports and files.
        zones: Where members stand in turn; empty where they stand anywhere.
        own_network: Id of the network that linked services join.
        member_network: Id of the network of members and proxy.
        etcd_network: Id of the network of members and etcd.
        image: A data member's.
        front_image: Of all that stands around data members.
        material: Secrets.
        archiving: What a repository needs of the members.

    """

    database: Component
    args: DatabaseArgs
    settings: LocalSettings
    names: Layout
    zones: Sequence[str]
    own_network: pulumi.Input[str]
    member_network: pulumi.Input[str]
    etcd_network: pulumi.Input[str]
    image: pulumi.Input[str]
    front_image: pulumi.Input[str]
    material: Material
    archiving: Archiving

    @property
    def component(self) -> str:
        """The design's name for the database."""
        return self.names.component

    @property
    def doubled(self) -> bool:
        """Whether proxy and pools run twice: where the loss of one must not be waited out."""
        return bool(self.zones) or self.settings.profile is Profile.PROD

    def zone(self, index: int) -> str:
        """The zone of the member with that index; empty where there are none."""
        return self.zones[index % len(self.zones)] if self.zones else ""

    def volume(self, part: str, path: str, *, megabytes: int | None = None) -> Volume:
        """The volume of one member; see `member_volume`."""
        return member_volume(
            self.database,
            self.database.part(f"{part}-data"),
            self.component,
            part,
            path,
            one_node=not self.zones,
            megabytes=megabytes,
        )
